"""Decision tables as Excel workbooks: one sheet a table. What is read comes from strangers; formulas are text, never worked out.

A sheet that was exported names its rows by words with a key in brackets ("Hit policy (policy)"), in whatever language, and comes back
as it went. A plain sheet has headings in its first row, "label (expression)" or a name, and its outputs are marked.
"""

from bpm.spreadsheets.layout import SheetError, SpreadsheetError
from bpm.spreadsheets.reading import read
from bpm.spreadsheets.writing import write

__all__ = ["SheetError", "SpreadsheetError", "read", "write"]
