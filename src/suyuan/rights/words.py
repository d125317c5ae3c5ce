"""The words of rights: roles, verbs, scopes. Their meaning is the table of rows; here they only have names.

>>> Verb("read-event"), Scope("to-me"), Role("firm-admin")
(<Verb.READ_EVENT: 'read-event'>, <Scope.TO_ME: 'to-me'>, <Role.FIRM_ADMIN: 'firm-admin'>)
"""

from enum import StrEnum


class Role(StrEnum):
    """What an account is to the platform."""

    PUBLIC = "public"
    VIEWER = "viewer"
    ENTRY = "entry"
    APPROVER = "approver"
    FIRM_ADMIN = "firm-admin"
    PARK = "park"
    CITY = "city"
    PROVINCE = "province"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Verb(StrEnum):
    """What a door does."""

    CAPTURE = "capture"
    READ_EVENT = "read-event"
    QUERY = "query"
    TRACE = "trace"
    FINDINGS = "findings"
    SEE_CASE = "see-case"
    EXPLAIN_CASE = "explain-case"
    DECIDE_CASE = "decide-case"
    DUTIES = "duties"
    ACCOUNTS = "accounts"
    REPORTS = "reports"
    BUNDLES = "bundles"
    PROOFS = "proofs"
    CHECKPOINTS = "checkpoints"
    SEE_STANDARDS = "see-standards"
    REPLACE_STANDARDS = "replace-standards"
    SEE_MASTER = "see-master"
    WRITE_MASTER = "write-master"
    PROPOSE_CORRECTION = "propose-correction"
    APPROVE_CORRECTION = "approve-correction"
    USERS = "users"
    KEYS = "keys"
    SUBSCRIBE = "subscribe"
    READING_LOG = "reading-log"


class Scope(StrEnum):
    """How much of everything, from the nearest to the widest; `fields`: of the rest only what is public."""

    OWN = "own"
    TO_ME = "to-me"
    AREA = "area"
    ALL = "all"
    FIELDS = "fields"
