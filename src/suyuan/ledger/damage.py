"""What is said when stored bytes are not what was written.

>>> Damaged("bundle 3 cannot be read", "第 3 束无法读取").show("zh")
'第 3 束无法读取'
"""

from suyuan.terms import errors


class Damaged(errors.SuyuanError):
    """Stored bytes do not agree with their checks: a failing disk, or somebody changed them."""
