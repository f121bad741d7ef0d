// Draws the charts: each from the table behind it, so that both tell the same.

import uPlot from "./uplot.js";

const HEIGHT = 240;
const COLOURS = 9;
const MONTH = 2_629_746;
/** How long each bar stands for, in seconds, and how its time is written. */
const BARS = {
  day: { length: 3600, format: { hour: "2-digit", minute: "2-digit" }, steps: [3600, 7200, 10800, 21600] },
  month: { length: 86400, format: { month: "short", day: "numeric" }, steps: [86400, 172800, 604800] },
  year: { length: MONTH, format: { month: "short", year: "numeric" }, steps: [MONTH, 2 * MONTH, 3 * MONTH] },
};

const drawn = new Set();

/** Draws every chart within an element. */
export function draw(element) {
  for (const chart of drawn) {
    chart.destroy();
  }
  drawn.clear();
  for (const figure of element.querySelectorAll("figure.chart")) {
    const place = figure.querySelector(".plot");
    place.replaceChildren();
    drawn.add(stackedBars(place, read(figure.querySelector("table[data-chart]"))));
  }
}

/**
 * What a table has: names of its columns and their numbers, without the last column, the total. A
 * table leaves out the times at which nothing was spent.
 */
function read(table) {
  const names = [...table.tHead.rows[0].cells].slice(1, -1).map((cell) => cell.textContent);
  const rows = new Map([...table.tBodies[0].rows].map((row) =>
    [Date.parse(row.querySelector("time").dateTime) / 1000, row]));
  const times = starts(table.dataset);
  const columns = names.map((name, i) =>
    times.map((time) => Number(rows.get(time)?.cells[i + 1].querySelector("data").value ?? 0)));
  const links = times.map((time) => rows.get(time)?.querySelector("a")?.href);
  return { names, times, columns, links, bars: BARS[table.dataset.chart] };
}

/** When each hour, day or month of a period begins, in seconds. */
function starts({ chart, from, to }) {
  const times = [];
  const at = new Date(from);
  while (at < new Date(to)) {
    times.push(at.getTime() / 1000);
    if (chart === "year") {
      at.setUTCMonth(at.getUTCMonth() + 1);
    } else {
      at.setTime(at.getTime() + BARS[chart].length * 1000);
    }
  }
  return times;
}

/** Bars, one colour on top of the other. */
function stackedBars(place, { names, times, columns, links, bars }) {
  const style = getComputedStyle(place);
  const dollars = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumSignificantDigits: 4 });
  const day = new Intl.DateTimeFormat(undefined, { ...bars.format, timeZone: "UTC" });
  const sums = columns.map((column, i) =>
    times.map((time, row) => columns.slice(0, i + 1).reduce((sum, below) => sum + below[row], 0)));
  const series = names.map((name, i) => ({
    label: name,
    fill: style.getPropertyValue(`--chart-${i % COLOURS + 1}`),
    width: 0,
    points: { show: false },
    paths: uPlot.paths.bars({ size: [0.7, 48] }),
    value: (chart, sum, number, row) => (row === null ? "" : dollars.format(columns[i][row])),
  }));
  const axis = {
    stroke: style.getPropertyValue("--muted"),
    grid: { stroke: style.getPropertyValue("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const tallest = Math.max(...sums.at(-1), 0);
  const chart = new uPlot({
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { range: (chart, first, last) => [first - bars.length, last + bars.length] },
      y: { range: () => [0, tallest > 0 ? tallest * 1.1 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, incrs: bars.steps, values: (chart, splits) => splits.map((at) => day.format(at * 1000)) },
      { ...axis, size: 74, values: (chart, splits) => splits.map((sum) => dollars.format(sum)) },
    ],
    series: [
      { label: "From", value: (chart, at) => (at === null ? "" : day.format(at * 1000)) },
      ...series.reverse(),
    ],
  }, [times, ...sums.reverse()], place);
  leadOn(chart, links);
  return chart;
}

/** A click on a bar leads where its row of the table does. */
function leadOn(chart, links) {
  const link = () => links[chart.cursor.idx ?? -1];
  chart.over.addEventListener("click", () => {
    if (link() !== undefined) {
      location.assign(link());
    }
  });
  chart.over.addEventListener("mousemove", () => {
    chart.over.classList.toggle("leads", link() !== undefined);
  });
}

addEventListener("resize", () => {
  for (const chart of drawn) {
    chart.setSize({ width: chart.root.parentElement.clientWidth, height: HEIGHT });
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(document));
