"""Forward mode of generated code, to any order: of what forward mode and reverse mode resolve when their code runs."""
