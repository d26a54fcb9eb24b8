interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}

/** The description of the API, as far as this reads it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Names of the numbers in the good answers of the operations with one of the tags. */
export function numericFields(document: ApiDocument, tags: readonly string[]): ReadonlySet<string> {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const wanted = operations.filter((operation) => tags.includes(operation.tags?.[0] ?? ""));
  const answers = wanted.flatMap(({ responses }) =>
    Object.entries(responses ?? {}).filter(([status]) => status.startsWith("2")),
  );
  const bodies = answers.flatMap(([, { content }]) => Object.values(content ?? {}));
  return new Set(bodies.flatMap(({ schema }) => fieldsOf(document, schema ?? {}, "")));
}

function fieldsOf(document: ApiDocument, schema: Schema, name: string): readonly string[] {
  const { $ref, items, properties = {}, anyOf = [], oneOf = [] } = schema;
  const referred = document.components?.schemas?.[$ref?.split("/").at(-1) ?? ""];
  const types = [schema.type].flat();
  const isNumber = types.includes("number") || types.includes("integer");
  const same = [referred, items, ...anyOf, ...oneOf].flatMap((inner) => inner ?? []);
  return [
    ...(isNumber ? [name] : []),
    ...same.flatMap((inner) => fieldsOf(document, inner, name)),
    ...Object.entries(properties).flatMap(([field, inner]) => fieldsOf(document, inner, field)),
  ];
}
