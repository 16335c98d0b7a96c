"""Complaints of the US Consumer Financial Protection Bureau, and a collection of their narratives."""

from desagravo.operations.importing.mappings import Mapping, Shape

MAPPING = Mapping(
    source="cfpb",
    language="en",
    shapes=(
        Shape(
            name="complaints",
            reference="Complaint ID",
            received="Date received",
            product=("Product", "Sub-product"),
            description=("Issue", "Sub-issue"),
            response="Company response",
            closed=(
                "Closed",
                "Closed with explanation",
                "Closed with monetary relief",
                "Closed with non-monetary relief",
                "Closed with relief",
                "Closed without relief",
            ),
            open=("In progress", "Untimely response"),
            timely="Timely response?",
            facts={
                "product": "Product",
                "sub_product": "Sub-product",
                "issue": "Issue",
                "sub_issue": "Sub-issue",
                "state": "State",
                "sent_to_company_on": "Date sent to company",
                "response": "Company response",
                "timely": "Timely response?",
                "disputed": "Consumer disputed?",
            },
        ),
        Shape(
            name="narratives",
            reference="id",
            prefix="narrative ",
            product=("product",),
            description=("narrative",),
            facts={"product": "product"},
        ),
    ),
)
