"""the duty log can be searched: words and facets of every entry, kept by a trigger.

A facet is a word no person can type that says what is stored beside the text: ``h12`` the handling, ``kcall`` the kind,
``u…`` the author, ``a…`` the agency, ``bp``/``bs`` by people or by the centre, ``l…x…`` a link (`picture.log_search`). With
them one index answers every filter in the log's own order, however few entries the reader may see.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

LATE = sa.text("occurred_at < recorded_at - 3600000")

# One row's words and facets. NEW is replaced by the table when the entries that are there already are indexed.
SQLITE_WORDS = "NEW.text || ' ' || coalesce(NEW.decider, '')"
SQLITE_FACETS = """'h' || NEW.handling_id || ' k' || NEW.kind || ' u' || hex(NEW.author) || ' a' || hex(NEW.agency)
    || CASE WHEN NEW.by_system THEN ' bs ' ELSE ' bp ' END
    || coalesce((SELECT group_concat('l' || json_extract(value, '$[0]') || 'x'
                                     || hex(substr(json_extract(value, '$[1]'), 1, 100)), ' ')
                 FROM json_each(NEW.links)), '')"""

POSTGRES_FOLD = r"""CREATE FUNCTION log_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT regexp_replace(
     lower(regexp_replace(normalize(words, NFKD), U&'[\0300-\036F]', '', 'g')), '[\x01-\x2f:-@[-`{-\x7f]+', ' ', 'g') $$"""
POSTGRES_INDEX = """CREATE FUNCTION log_vector(entry log_entries) RETURNS tsvector LANGUAGE sql STABLE AS
$$ SELECT to_tsvector('simple', log_folded(entry.text || ' ' || coalesce(entry.decider, ''))) || array_to_tsvector(
     ARRAY['=h' || entry.handling_id, '=k' || entry.kind, '=u' || log_hex(entry.author), '=a' || log_hex(entry.agency),
           CASE WHEN entry.by_system THEN '=bs' ELSE '=bp' END]
     || ARRAY(SELECT '=l' || (link ->> 0) || 'x' || log_hex(left(link ->> 1, 100)) FROM json_array_elements(entry.links) link))
$$"""


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_log_entries_recorded_at", "log_entries", ["recorded_at"])
    op.create_index("ix_log_entries_late", "log_entries", ["occurred_at"], sqlite_where=LATE, postgresql_where=LATE)
    if op.get_bind().dialect.name == "postgresql":
        _index_on_postgresql()
    else:
        _index_on_sqlite()


def _index_on_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE log_words USING fts5(words, facets, content='', columnsize=0, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    told = f"{SQLITE_WORDS}, {SQLITE_FACETS}"
    written = f"INSERT INTO log_words (rowid, words, facets) VALUES (NEW.seq, {told})"  # noqa: S608  (constant parts)
    op.execute(f"CREATE TRIGGER log_entries_words AFTER INSERT ON log_entries BEGIN {written}; END")
    stored = told.replace("NEW.", "log_entries.")
    fill = f"INSERT INTO log_words (rowid, words, facets) SELECT seq, {stored} FROM log_entries"  # noqa: S608  (likewise)
    op.execute(f"{fill} ORDER BY seq")


def _index_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION log_hex(word text) RETURNS text LANGUAGE sql IMMUTABLE AS "
        "$$ SELECT encode(convert_to(word, 'UTF8'), 'hex') $$"
    )
    op.execute(sa.text(POSTGRES_FOLD.replace(":", r"\:")))
    op.execute(POSTGRES_INDEX)
    op.execute(
        "CREATE TABLE log_words (seq bigint CONSTRAINT pk_log_words PRIMARY KEY "
        "CONSTRAINT fk_log_words_seq REFERENCES log_entries (seq), words tsvector NOT NULL)"
    )
    op.execute("ALTER TABLE log_words ALTER COLUMN words SET STATISTICS 1000")  # common words are known as such
    op.execute("INSERT INTO log_words SELECT entry.seq, log_vector(entry) FROM log_entries entry")
    op.execute("CREATE INDEX ix_log_words_words ON log_words USING gin (words)")
    op.execute(
        """CREATE FUNCTION log_index_words() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log_words (seq, words) VALUES (NEW.seq, log_vector(NEW)); RETURN NULL; END $$"""
    )
    op.execute(
        "CREATE TRIGGER log_entries_words AFTER INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION log_index_words()"
    )


def downgrade() -> None:
    """Backwards."""
    op.execute(
        "DROP TRIGGER log_entries_words" + (" ON log_entries" if op.get_bind().dialect.name == "postgresql" else "")
    )
    op.execute("DROP TABLE log_words")
    if op.get_bind().dialect.name == "postgresql":
        for function in ("log_index_words()", "log_vector(log_entries)", "log_folded(text)", "log_hex(text)"):
            op.execute(f"DROP FUNCTION {function}")
    op.drop_index("ix_log_entries_late", "log_entries")
    op.drop_index("ix_log_entries_recorded_at", "log_entries")
