import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";

/** Identity of the data sources in the provisioning files; dashboards refer to nothing else. */
export const influxSource = { type: "influxdb", uid: "zcp-influxql" };

interface InfluxDataquery extends Dataquery {
  readonly _implementsDataqueryVariant: () => void;
  readonly refId: string;
  readonly datasource: typeof influxSource;
  readonly query: string;
  readonly rawQuery: true;
  readonly resultFormat: "time_series" | "table";
  readonly alias?: string;
}

/** An InfluxQL query as its author wrote it; the SDK has no builder for this data source. */
export class InfluxQuery implements Builder<Dataquery> {
  readonly #query: string;
  readonly #refId: string;
  readonly #alias: string | undefined;

  constructor(refId: string, query: string, alias?: string) {
    this.#refId = refId;
    this.#query = query;
    this.#alias = alias;
  }

  build(): InfluxDataquery {
    return {
      _implementsDataqueryVariant: () => undefined,
      refId: this.#refId,
      datasource: influxSource,
      query: this.#query,
      rawQuery: true,
      resultFormat: "time_series",
      ...(this.#alias === undefined ? {} : { alias: this.#alias }),
    };
  }
}
