"""An index on the provider and the provider's id of an account, which every sign-in with a provider looks up.

`betterauth migrate` builds it for a large table of PostgreSQL afterwards, without blocking sign-ins meanwhile.
"""

from __future__ import annotations

from alembic import op

from betterauth_py.store.account_index import AccountIndex

revision = "0002_account_index"
down_revision = "0001_core"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index, unless there is one or it is built afterwards."""
    connection, options = op.get_bind(), op.get_context().opts
    index = AccountIndex.of(options["betterauth_schema"])
    if index.exists(connection):
        return
    if not (options["betterauth_builds_afterwards"] and index.would_block(connection)):
        op.create_index(index.name, index.table, list(index.columns))


def downgrade() -> None:
    """Drop the index."""
    index = AccountIndex.of(op.get_context().opts["betterauth_schema"])
    op.drop_index(index.name, index.table, if_exists=True)
