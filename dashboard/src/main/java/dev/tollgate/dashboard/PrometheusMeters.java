package dev.tollgate.dashboard;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts in memory, to be written as Prometheus's text. Bounded; thread-safe. */
final class PrometheusMeters implements Meters {

  /** What comes beyond is counted as overflow. */
  static final int MAX_SERIES = 10_000;

  private record Series(Instrument instrument, List<String> labels) {}

  /** The counts of a histogram's buckets, the last without a bound, or of the one of a counter. */
  private static final class Sum {
    final LongAdder total = new LongAdder();
    final LongAdder[] buckets;

    Sum(int buckets) {
      this.buckets = Stream.generate(LongAdder::new).limit(buckets).toArray(LongAdder[]::new);
    }
  }

  private final Map<Series, Sum> sums = new ConcurrentHashMap<>();
  private final LongAdder overflow = new LongAdder();

  @Override
  public void record(Instrument instrument, long amount, List<String> labels) {
    Series series = new Series(instrument, labels);
    Sum sum = sums.get(series);
    if (sum == null) {
      if (sums.size() >= MAX_SERIES) {
        overflow.increment();
        return;
      }
      int buckets = instrument.buckets().map(bounds -> bounds.size() + 1).orElse(0);
      sum = sums.computeIfAbsent(series, unused -> new Sum(buckets));
    }
    sum.total.add(amount);
    if (sum.buckets.length > 0) {
      sum.buckets[bucket(instrument.buckets().orElseThrow(), amount)].increment();
    }
  }

  private static int bucket(List<Long> bounds, long amount) {
    int bucket = 0;
    while (bucket < bounds.size() && amount > bounds.get(bucket)) {
      bucket++;
    }
    return bucket;
  }

  /** All that was counted, in a stable order. */
  void writeTo(PrometheusText text) {
    for (Instrument instrument : Instrument.values()) {
      List<Map.Entry<Series, Sum>> known = new ArrayList<>();
      sums.entrySet().stream()
          .filter(entry -> entry.getKey().instrument() == instrument)
          .sorted(Comparator.comparing(entry -> String.join("\n", entry.getKey().labels())))
          .forEach(known::add);
      if (!known.isEmpty()) {
        write(instrument, known, text);
      }
    }
    text.family("tollgate.metrics.overflow", "Counts beyond " + MAX_SERIES + " series", "counter");
    text.sample("_total", List.of(), List.of(), BigDecimal.valueOf(overflow.sum()));
  }

  private static void write(
      Instrument instrument, List<Map.Entry<Series, Sum>> known, PrometheusText text) {
    boolean histogram = instrument.buckets().isPresent();
    String suffix = instrument.unit().suffix();
    String name = suffix.isEmpty() ? instrument.dotted() : instrument.dotted() + "." + suffix;
    text.family(name, instrument.help(), histogram ? "histogram" : "counter");
    for (Map.Entry<Series, Sum> entry : known) {
      List<String> labels = entry.getKey().labels();
      Sum sum = entry.getValue();
      if (histogram) {
        writeBuckets(instrument, labels, sum, text);
      } else {
        BigDecimal value = BigDecimal.valueOf(sum.total.sum(), instrument.unit().decimals());
        text.sample("_total", instrument.labels(), labels, value);
      }
    }
  }

  private static void writeBuckets(
      Instrument instrument, List<String> labels, Sum sum, PrometheusText text) {
    List<Long> bounds = instrument.buckets().orElseThrow();
    int decimals = instrument.unit().decimals();
    List<String> names = new ArrayList<>(instrument.labels());
    names.add("le");
    long count = 0;
    for (int i = 0; i < sum.buckets.length; i++) {
      count += sum.buckets[i].sum();
      List<String> values = new ArrayList<>(labels);
      values.add(
          i < bounds.size()
              ? BigDecimal.valueOf(bounds.get(i), decimals).stripTrailingZeros().toPlainString()
              : "+Inf");
      text.sample("_bucket", names, values, BigDecimal.valueOf(count));
    }
    BigDecimal total = BigDecimal.valueOf(sum.total.sum(), decimals);
    text.sample("_sum", instrument.labels(), labels, total);
    text.sample("_count", instrument.labels(), labels, BigDecimal.valueOf(count));
  }
}
