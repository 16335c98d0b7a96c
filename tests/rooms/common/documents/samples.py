"""Realistic documents for the tests of this room; the people are those of the cast."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from desagravo.common.documents import kinds


def _png() -> bytes:
    """A drawn signature: a black wave on a transparent ground, 240 by 60 pixels."""
    width, height = 240, 60
    image = bytearray()
    for y in range(height):
        image.append(0)
        for x in range(width):
            wave = 30 + (x * 7 % 41 - 20) * (1 if x // 41 % 2 else -1) * (240 - x) // 300
            image += b"\x10\x10\x30\xff" if abs(y - wave) < 2 else b"\x00\x00\x00\x00"

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    head = struct.pack(">LLBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(image))) + chunk(b"IEND", b"")
    )


PICTURE = _png()
RECEIVED = datetime(2026, 1, 7, 14, 3, 22, tzinfo=UTC)
CASA = kinds.Organisation(
    name="Casa Atlântica",
    address=("Rua do Almada 210", "4050-032 Porto", "Portugal"),
    contact=("+351 220 000 100", "apoio@casa-atlantica.example"),
    legal_line="Casa Atlântica, S.A. · NIPC 500 000 000 · Conservatória do Registo Comercial do Porto",
)
FORM = kinds.Form(
    fields=(
        kinds.Field(label="Nome", text="Inês Conceição"),
        kinds.Field(label="Endereço postal", text="Rua das Flores 12, 3.º Esq., 4050-262 Porto"),
        kinds.Field(label="Telefone", text="+351 912 345 678"),
        kinds.Field(label="Correio eletrónico", text="ines.conceicao@example.org"),
        kinds.Field(label="Número da encomenda", text="A-1234"),
        kinds.Field(label="Produto ou serviço", text="Frigorífico Atlântica Frio 300, lote B7"),
        kinds.Field(label="Data da ocorrência", text="5 de janeiro de 2026"),
        kinds.Field(
            label="O que aconteceu",
            text="O frigorífico deixou de arrefecer ao segundo dia. Tinha comida para a semana e medicamentos do meu "
            "pai, que tive de deitar fora.\n\nLiguei três vezes para o apoio. Da primeira disseram-me que alguém "
            "vinha no dia seguinte; não veio ninguém. Da terceira vez desligaram-me o telefone.",
            long=True,
        ),
        kinds.Field(label="O que pede", text="Substituição do aparelho; compensação (86,40 €)"),
        kinds.Field(label="Data do formulário", text="7 de janeiro de 2026"),
    ),
    files=(
        kinds.File(name="fatura FT 2026-118.pdf", size=184_322, sha256="9f2c4be1d0a7735e" * 4),
        kinds.File(name="fotografia do visor.jpg", size=2_412_004, sha256="03ab91cc57e2f6d4" * 4),
    ),
    signature=kinds.Signature(method="drawn", name="Inês Conceição", signed_at=RECEIVED, picture=PICTURE),
)
RECEIPT = kinds.Receipt(
    organisation=CASA, case_number="2026-00417", received_at=RECEIVED, channel="formulário na internet", form=FORM
)
LETTER = kinds.Letter(
    organisation=CASA,
    recipient=("Inês Conceição", "Rua das Flores 12, 3.º Esq.", "4050-262 Porto"),
    date=date(2026, 1, 19),
    reference="2026-00417",
    your_reference="A-1234",
    subject="A nossa resposta à sua reclamação sobre o frigorífico",
    salutation="Exma. Senhora Inês Conceição,",
    paragraphs=(
        "Agradecemos ter-nos escrito em 7 de janeiro. Lemos a sua reclamação com atenção, falámos com quem a atendeu "
        "e examinámos o aparelho. Lamentamos o transtorno que isto lhe causou numa semana em que já tinha outras "
        "preocupações.",
    ),
    points=(
        kinds.Point(
            heading="O frigorífico deixou de arrefecer ao segundo dia",
            decision="Damos-lhe razão",
            reasons=(
                "O controlo de qualidade verificou que o compressor do seu aparelho não arranca. É um defeito que "
                "existia à data da entrega.",
            ),
        ),
        kinds.Point(
            heading="O apoio telefónico não cumpriu o que prometeu",
            decision="Damos-lhe razão em parte",
            reasons=(
                "A visita de 6 de janeiro foi prometida e não foi marcada: a falha foi nossa.",
                "Quanto à terceira chamada, a gravação mostra que a ligação caiu do lado da rede. A colaboradora "
                "tentou ligar-lhe de volta duas vezes, sem resposta.",
            ),
        ),
    ),
    remedy=(
        "Entregamos um frigorífico novo, do mesmo modelo e de outro lote, na sexta-feira, 23 de janeiro, entre as 9 e "
        "as 13 horas, e levamos o antigo. Transferimos 86,40 € para a conta que nos indicar.",
    ),
    next_steps=("Telefonamos-lhe no dia 26 de janeiro para saber se ficou tudo resolvido.",),
    if_you_disagree=(
        "Responda a esta carta ou ligue-nos: outra pessoa volta a analisar o caso. Pode também recorrer ao centro de "
        "arbitragem de conflitos de consumo da sua área, sem prejuízo dos tribunais.",
    ),
    closing_paragraphs=("Obrigada por nos ter dado a oportunidade de corrigir o que correu mal.",),
    farewell="Com os melhores cumprimentos,",
    signer=kinds.Signer(name="Ana Ferreira", role="Responsável de reclamações"),
    enclosures=("relatório do controlo de qualidade", "formulário para reembolso"),
)


def _axis(name: str, codes: str, *ticked: str) -> kinds.Axis:
    return kinds.Axis(name=name, codes=tuple(kinds.Code(label=c, ticked=c in ticked) for c in codes.split("|")))


CLOSING = kinds.ClosingSection(
    number=1,
    outcome="A reclamação foi aceite em parte.",
    axes=(
        _axis(
            "Desfecho",
            "Aceite|Aceite em parte|Não aceite|Resolvida sem conclusão|Resolvida de imediato|Retirada|Sem resposta ao "
            "pedido de elementos|Fora do âmbito|Enviada à entidade certa|Duplicada|Em tribunal ou arbitragem|"
            "Impossível de apurar",
            "Aceite em parte",
        ),
        _axis("Reparação", "Em dinheiro|Sem ser em dinheiro|Apenas explicação|Nenhuma", "Em dinheiro"),
        _axis(
            "Posição do cliente",
            "Aceitou|Aceitou em parte|Recusou|Não respondeu|Recorreu a entidade externa|Não foi possível contactar",
            "Aceitou",
        ),
        _axis(
            "Causa confirmada",
            "Defeito do produto|Falha do processo|Falha do sistema|Erro humano|Falta de formação|Política ou contrato|"
            "Fornecedor|Transportador|Comunicação|Fraude|Mal-entendido do cliente|Força maior|Nenhuma falha|"
            "Desconhecida",
            "Defeito do produto",
            "Comunicação",
        ),
    ),
    told_customer=LETTER.paragraphs + LETTER.remedy,
    told_on=date(2026, 1, 19),
    relief_amount=Decimal("86.40"),
    remedy="Aparelho substituído em 23 de janeiro de 2026; transferência feita em 24 de janeiro de 2026.",
    lesson="As visitas prometidas ao telefone passam a ser marcadas durante a chamada.",
    manager_name="Rui Tavares",
    manager_role="Diretor do serviço ao cliente",
    signed_at=datetime(2026, 1, 27, 10, 41, tzinfo=UTC),
    approved_by="Marta Sousa, supervisora",
)
SIGN_OFF = kinds.SignOff(
    organisation=CASA,
    case_number="2026-00417",
    form=FORM,
    receipt=kinds.ReceiptBlock(
        received_at=RECEIVED,
        received_by="João Pinto",
        department="Serviço ao cliente",
        channel="formulário na internet",
    ),
    closings=(CLOSING,),
    event_hash="5be0c7719d24a80f" * 4,
    event_number=27,
)
HISTORY = kinds.CaseHistory(
    organisation=CASA,
    case_number="2026-00417",
    subject="Frigorífico deixou de arrefecer",
    entries=(
        kinds.HistoryEntry(
            number=1, at=RECEIVED, who="Inês Conceição", what="A reclamação foi recebida pela internet."
        ),
        kinds.HistoryEntry(
            number=2,
            at=datetime(2026, 1, 7, 15, 20, tzinfo=UTC),
            who="Marta Sousa",
            what="A reclamação foi classificada como grave.",
            because="alguém podia ficar doente.",
        ),
        kinds.HistoryEntry(
            number=3,
            at=datetime(2026, 1, 8, 9, 2, tzinfo=UTC),
            who="Ana Ferreira",
            what="Perguntou ao Controlo de Qualidade; resposta até 12 de janeiro.",
        ),
    ),
    event_hash="5be0c7719d24a80f" * 4,
)
ALL = {"receipt": RECEIPT, "letter": LETTER, "sign_off": SIGN_OFF, "case_history": HISTORY}


def receipt_of(*texts: str) -> kinds.Receipt:
    """A receipt whose form holds ``texts``, each in a field of its own, and a signature without a picture."""
    fields = tuple(kinds.Field(label=f"Field {n}", text=text) for n, text in enumerate(texts))
    return replace(RECEIPT, form=kinds.Form(fields=fields))
