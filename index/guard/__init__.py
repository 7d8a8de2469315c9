"""Where a query contradicts an entry that it looks like: another product, code, number, unit, or the opposite.

To an embedder "不想退" is all but "想退", and 10000 mAh all but 20000 mAh. The guard reads the marks of a text (product
names, model codes, numbers with their units, what is negated) and says where those of a query and of an entry cannot
both hold. It is conservative: whatever merely adds or leaves out something is no contradiction, and where the reading
is uncertain (A-not-A questions, idioms, ranges, rough numbers) there is no mark. It ranks nothing and knows no
confidence: what a contradiction costs is its caller's to say.
"""

from index.guard.comparison import Contradiction, Kind, contradictions
from index.guard.products import NO_CATALOGUE, Catalogue
from index.guard.reading import Marks, Profile, marks

__all__ = ["NO_CATALOGUE", "Catalogue", "Contradiction", "Kind", "Marks", "Profile", "contradictions", "marks"]
