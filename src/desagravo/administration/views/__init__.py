"""The pages of the administration, one file each."""
