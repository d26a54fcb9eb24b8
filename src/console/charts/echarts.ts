import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

// Only what our charts draw with: the rest of the library stays out of the bundle.
use([BarChart, CustomChart, LineChart, GridComponent, MarkAreaComponent, SVGRenderer]);

/** Starts a chart in an element; SVG, so that it stays sharp on a scaled wall and in print. */
export function startChart(element: HTMLElement) {
  return init(element, null, { renderer: "svg" });
}
