// Draws the charts: each from the table behind it, so that both tell the same.

import uPlot from "./uplot.js";

const HEIGHT = 220;
const COLOURS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];

const drawn = new Set();

/** Draws every chart within an element. */
export function draw(element) {
  for (const chart of drawn) {
    if (!chart.root.isConnected) {
      chart.destroy();
      drawn.delete(chart);
    }
  }
  for (const figure of element.querySelectorAll("figure.chart")) {
    const place = figure.querySelector(".plot");
    place.replaceChildren();
    drawn.add(stackedDays(place, read(figure.querySelector("table[data-chart]"))));
  }
}

/** The names of a table's columns and their numbers; the last column, the total, is left out. */
function read(table) {
  const names = [...table.tHead.rows[0].cells].slice(1, -1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const times = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
  const columns = names.map((name, i) =>
    rows.map((row) => Number(row.cells[i + 1].querySelector("data").value)));
  return { names, times, columns };
}

/** Bars of days, one colour on top of the other. */
function stackedDays(place, { names, times, columns }) {
  const style = getComputedStyle(place);
  const dollars = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumSignificantDigits: 4 });
  const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
  const sums = columns.map((_, i) =>
    times.map((_, row) => columns.slice(0, i + 1).reduce((sum, column) => sum + column[row], 0)));
  const series = names.map((name, i) => ({
    label: name,
    fill: style.getPropertyValue(COLOURS[i % COLOURS.length]),
    width: 0,
    points: { show: false },
    paths: uPlot.paths.bars({ size: [0.7, 48], radius: 0.15 }),
    value: (chart, sum, number, row) => (row === null ? "" : dollars.format(columns[i][row])),
  }));
  const axis = {
    stroke: style.getPropertyValue("--muted"),
    grid: { stroke: style.getPropertyValue("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const tallest = Math.max(...sums.at(-1), 0);
  return new uPlot({
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { range: (chart, first, last) => [first - 43200, Math.max(last, first + 6 * 86400) + 43200] },
      y: { range: () => [0, tallest > 0 ? tallest * 1.1 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (chart, splits) => splits.map((at) => day.format(at * 1000)), incrs: [86400, 172800, 604800, 1209600] },
      { ...axis, size: 70, values: (chart, splits) => splits.map((sum) => dollars.format(sum)) },
    ],
    series: [{ value: (chart, at) => (at === null ? "" : day.format(at * 1000)), label: "Day" }, ...series.reverse()],
  }, [times, ...sums.reverse()], place);
}

addEventListener("resize", () => {
  for (const chart of drawn) {
    chart.setSize({ width: chart.root.parentElement.clientWidth, height: HEIGHT });
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(document));
