import { type Kysely, type RawBuilder, sql } from "kysely";
import {
  FACET_VALUES_MAX,
  type Facets,
  FILTER_FIELDS,
  type FilterField,
  type SearchDocument,
} from "../../search.ts";
import type { Database } from "../schema.ts";
import { type FacetValue, facetsOf, noFacets } from "../search-facet-values.ts";

/**
 * `search_documents.facets` has a number for each value, because numbers count faster than texts: the id of the value, then a bit for
 * restricted skills, then three for the field. A value is shown as it was first written, and that of a restricted skill would tell
 * others how somebody they may not know of writes it: so it has a second label, for whom such a skill is counted.
 */

type Db = Kysely<Database>;

const ID_UNIT = 16;
const RESTRICTED_BIT = 8;

/** Numbers of the document's values; values that are new get an id. */
export async function facetNumbers(db: Db, document: SearchDocument): Promise<number[]> {
  const { restricted } = document;
  const values = new Map(facetsOf(document).map((facet) => [keyOf(facet), facet]));
  const ids = new Map((await knownIds(db, [...values.values()], restricted)).map((row) => [keyOf(row), row]));
  const fresh = [...values].filter(([key]) => !ids.has(key)).map(([, value]) => value);
  const made = fresh.length === 0 ? [] : await insertValues(db, fresh, restricted);
  return [...ids.values(), ...made].map(
    ({ id, field }) => id * ID_UNIT + (restricted ? RESTRICTED_BIT : 0) + FILTER_FIELDS.indexOf(field),
  );
}

interface KnownValue {
  id: number;
  field: FilterField;
  value: string;
}

function keyOf({ field, value }: Pick<FacetValue, "field" | "value">): string {
  return `${field}=${value}`;
}

async function knownIds(db: Db, values: FacetValue[], restricted: boolean): Promise<KnownValue[]> {
  const label = restricted ? sql`v.restricted_label` : sql`v.label`;
  const { rows } = await sql<KnownValue>`
    select v.id, v.field, v.value from ${asRows(values)}
    join search_facet_values v on v.field = a.field and v.value = a.value and ${label} is not null`.execute(
    db,
  );
  return rows;
}

/** In their order, as whoever makes the same ones has to wait. */
async function insertValues(db: Db, values: FacetValue[], restricted: boolean): Promise<KnownValue[]> {
  const { rows } = await sql<KnownValue>`
    insert into search_facet_values as v (field, value, label, restricted_label, restricted_first)
    select a.field, a.value, case when not ${restricted}::boolean then a.label end,
      case when ${restricted}::boolean then a.label end, ${restricted}::boolean
    from ${asRows(values)} order by a.field collate "C", a.value collate "C"
    on conflict (field, value) do update set label = coalesce(v.label, excluded.label),
      restricted_label = coalesce(v.restricted_label, excluded.restricted_label)
    returning id, field, value`.execute(db);
  return rows;
}

function asRows(values: FacetValue[]): RawBuilder<unknown> {
  const column = (of: (value: FacetValue) => string): string[] => values.map(of);
  return sql`unnest(${column(({ field }) => field)}::text[], ${column(({ value }) => value)}::text[],
    ${column(({ label }) => label)}::text[]) a (field, value, label)`;
}

/** Counted over all skills `r` that `matches` selects. Labels are read for those alone that may be among the first. */
export async function countFacets(db: Db, matches: RawBuilder<unknown>): Promise<Facets> {
  const { rows } = await sql<{
    field: number | null;
    label: string | null;
    count: number;
    deprecated: number;
  }>`
    with matched as materialized (select r.facets, r.has_scripts, r.deprecated ${matches}),
      counted as (select number, count(*) as n from (select unnest(facets) as number from matched) u group by number),
      joined as (
        select number / ${ID_UNIT}::integer as id, number % ${RESTRICTED_BIT}::integer as field, sum(n)::integer as count,
          bool_or(number & ${RESTRICTED_BIT}::integer = 0) as open, bool_or(number & ${RESTRICTED_BIT}::integer <> 0) as hidden
        from counted group by 1, 2
      ),
      ranked as (select *, rank() over (partition by field order by count desc) as rank from joined),
      labelled as (
        select f.field, f.count,
          case when f.open and not (f.hidden and v.restricted_first) then v.label else v.restricted_label end collate "C" as label
        from ranked f join search_facet_values v on v.id = f.id where f.rank <= ${FACET_VALUES_MAX}
      ),
      placed as (select *, row_number() over (partition by field order by count desc, label) as place from labelled)
    select field, label, count, 0 as deprecated from placed where place <= ${FACET_VALUES_MAX}
    union all
    select null, null, count(*) filter (where has_scripts), count(*) filter (where deprecated) from matched
    order by count desc, label`.execute(db);
  const facets = noFacets();
  for (const { field, label, count, deprecated } of rows) {
    const name = field === null ? undefined : FILTER_FIELDS[field];
    if (name === undefined || label === null) Object.assign(facets, { hasScripts: count, deprecated });
    else facets[name].push({ value: label, count });
  }
  return facets;
}
