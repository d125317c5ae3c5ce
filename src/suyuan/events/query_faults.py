"""What is wrong with an EPCIS query, under the standard's own names.

    QueryParameterException    a parameter that is unknown, misspelt, contradicts another, or whose value cannot be read
    QueryValidationException   the query as a whole is none: no JSON object, no list where one is needed
    QueryTooLargeException     more events than the query itself allows (`maxEventCount`)
    QueryTooComplexException   more work than one query may make

Source: epcis-2.0 section 8.2.3; the REST binding reports the class's name as the problem's `type`.

>>> QueryParameterException("EQ_acton", "unknown parameter", "未知参数").type
'epcisException:QueryParameterException'
"""

from suyuan.terms.errors import SuyuanError


class QueryException(SuyuanError):
    """A query that is not answered."""

    @property
    def type(self) -> str:
        """The standard's name, as a problem document gives it."""
        return f"epcisException:{type(self).__name__}"


class QueryParameterException(QueryException):
    """One parameter is wrong: which, and what to do about it."""

    def __init__(self, parameter: str, en: str, zh: str) -> None:
        super().__init__(f"{parameter}: {en}", f"{parameter}：{zh}")
        self.parameter = parameter


class QueryValidationException(QueryException):
    """The query is no query."""


class QueryTooLargeException(QueryException):
    """The answer is larger than the query allows."""


class QueryTooComplexException(QueryException):
    """The question asks for more work than one query may make."""
