"""The tables of the first ledger on PostgreSQL."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "CREATE TABLE meta (name text PRIMARY KEY, value bytea NOT NULL)",
    "CREATE TABLE bundle (n bigint PRIMARY KEY, count integer NOT NULL, marks bytea NOT NULL, data bytea NOT NULL)",
    "CREATE TABLE tile (level integer, n bigint, hash bytea NOT NULL, PRIMARY KEY (level, n))",
    "CREATE TABLE checkpoint (n bigint PRIMARY KEY, size bigint NOT NULL, note bytea NOT NULL)",
    "CREATE INDEX checkpoint_by_size ON checkpoint (size)",
    "CREATE TABLE register (n bigint PRIMARY KEY, digest bytea NOT NULL, record bytea NOT NULL)",
    "CREATE INDEX register_by_digest ON register (digest)",
    "CREATE TABLE body (digest bytea PRIMARY KEY, data bytea NOT NULL)",
    "CREATE TABLE document (digest bytea, n integer, data bytea NOT NULL, PRIMARY KEY (digest, n))",
    "ALTER TABLE bundle ALTER COLUMN data SET STORAGE EXTERNAL",
    "ALTER TABLE bundle ALTER COLUMN marks SET STORAGE EXTERNAL",
    "ALTER TABLE body ALTER COLUMN data SET STORAGE EXTERNAL",
    "ALTER TABLE document ALTER COLUMN data SET STORAGE EXTERNAL",
)


def upgrade() -> None:
    """Make them."""
    for statement in TABLES:
        op.execute(statement)
