"""Environment of the migrations, run by Alembic. The caller gives the connection and holds the transaction."""

from alembic import context

from bot.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter most of a table in place
    transaction_per_migration=False,  # all steps or none: no program knows a schema in between
    on_version_apply=context.config.attributes.get("on_step"),  # called after each step, if the caller wants it
)
with context.begin_transaction():
    context.run_migrations()
