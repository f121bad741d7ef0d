package dev.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How soon abuse is found, and how seldom anything else is taken for it. Prints the figures. */
class SurgeDetectionTest {

  private static final Instant MONDAY = Instant.parse("2026-03-02T00:00:00Z");
  private static final long SECOND = 1000;
  private static final long HOUR = 3600 * SECOND;
  private static final long DAY = 24 * HOUR;
  private static final int CALLERS = 200;

  /** What is expected of a caller's day unless the configuration says otherwise. */
  private static final long DEFAULT = AnomalyPolicy.DEFAULT_EXPECTED_DAILY;

  private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);

  /** A caller whose requests are told in milliseconds from a Monday's midnight on. */
  private static final class Watched {
    private final HandClock clock = new HandClock(MONDAY);
    private final Store store = new MemoryStore(1, clock);
    private final List<Charge> charges;

    Watched(long expectedDaily) {
      Calendar days = new FixedCalendar(DAY * 1000);
      Surge surge = new Surge(days, expectedDaily, Surge.Action.ALERT);
      charges = List.of(Charge.of("surge", surge, 1));
    }

    /** Whether this request is the one that is found abnormal. */
    boolean isFlaggedBy(long millis) throws StoreException {
      clock.set(MONDAY.plusMillis(millis));
      Balance balance =
          store.reserve(new Request("caller", "id", charges, 0, "")).balances().get(0);
      return balance.crossedFrom() == 0 && balance.crossedTo() > 0;
    }
  }

  @Test
  void callerOf50ADayWhoGoesTo5000IsFlaggedWithin15Minutes() throws StoreException {
    List<Double> botMinutes = new ArrayList<>();
    List<Double> dayMinutes = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      botMinutes.add(minutesUntilFlagged(false));
      dayMinutes.add(minutesUntilFlagged(true));
    }
    Collections.sort(botMinutes);
    Collections.sort(dayMinutes);
    System.out.printf(
        "seed %d: 50 -> 5,000 a day, minutes until flagged, median and 95th of %d callers: evenly"
            + " over the day %.1f and %.1f, by day and night %.1f and %.1f%n",
        seed,
        CALLERS,
        botMinutes.get(CALLERS / 2),
        botMinutes.get(CALLERS * 95 / 100),
        dayMinutes.get(CALLERS / 2),
        dayMinutes.get(CALLERS * 95 / 100));
    assertThat(botMinutes.get(CALLERS / 2)).as("seed %d", seed).isLessThan(15);
    assertThat(dayMinutes.get(CALLERS / 2)).as("seed %d", seed).isLessThan(15);
  }

  /** After four weeks of normal use. */
  private double minutesUntilFlagged(boolean byDayAndNight) throws StoreException {
    Watched caller = new Watched(DEFAULT);
    int days = 28;
    for (long at : sessions(50, days)) {
      caller.isFlaggedBy(at);
    }
    // a day later, so that a flag of the days before has ended
    long start = (days + 1) * DAY + timeOfDay();
    long at = start;
    while (true) {
      double perDay = byDayAndNight ? 5000 * 24 * share(at) : 5000;
      at += (long) (-Math.log(1 - random.nextDouble()) * DAY / perDay);
      if (caller.isFlaggedBy(at)) {
        return (at - start) / 60_000.0;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 50, 200})
  void peopleAreSeldomFlagged(int perDay) throws StoreException {
    int days = 60;
    List<List<Long>> callers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      callers.add(sessions(perDay * Math.exp(0.3 * random.nextGaussian()), days));
    }
    assertThat(flagsPerMonth("people of " + perDay + " a day", callers, days, DEFAULT))
        .isLessThan(0.4);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 50})
  void clientsOfServeGenAreSeldomFlaggedByDefault(int perDay) throws Exception {
    assertThat(flagsPerMonth("ServeGen at " + perDay + " a day", serveGen(perDay), 14, DEFAULT))
        .isLessThan(0.4);
  }

  @Test
  void clientsOfServeGenAreSeldomFlaggedWhereTheirUsualDayIsExpected() throws Exception {
    assertThat(flagsPerMonth("ServeGen at 200 a day, expected", serveGen(200), 14, 200))
        .isLessThan(0.4);
  }

  /** Where many times more is usual than is expected, the first days are taken for abuse. */
  @Test
  void clientsOfServeGenAreOftenFlaggedWhereFarLessIsExpected() throws Exception {
    assertThat(flagsPerMonth("ServeGen at 200 a day, by default", serveGen(200), 14, DEFAULT))
        .isBetween(0.4, 2.5);
  }

  /** Clients of a provider's interface, scaled to what people use on the days they use it. */
  private List<List<Long>> serveGen(int perDay) throws IOException {
    List<List<Long>> callers = new ArrayList<>();
    for (String row : lines("servegen_mlarge_count10min.csv.gz")) {
      String[] cells = row.split(",", -1);
      long[] counts = new long[cells.length - 1];
      Arrays.setAll(counts, i -> cells[i + 1].isEmpty() ? 0 : Long.parseLong(cells[i + 1]));
      callers.add(thinned(counts, perDay));
    }
    return callers;
  }

  @Test
  void visitorsOfAWebSiteAreSeldomFlagged() throws Exception {
    LocalDateTime first = LocalDateTime.parse("2015-05-17T00:00:00");
    Map<String, List<Long>> clients = new LinkedHashMap<>();
    List<String> rows = lines("apache_semicomplete_hourly.csv");
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      long hour =
          Duration.between(
                  first.toInstant(ZoneOffset.UTC),
                  LocalDateTime.parse(cells[0]).toInstant(ZoneOffset.UTC))
              .toMillis();
      List<Long> times = clients.computeIfAbsent(cells[1], absent -> new ArrayList<>());
      for (int i = 0; i < Integer.parseInt(cells[2]); i++) {
        times.add(hour + random.nextLong(HOUR));
      }
    }
    clients.values().forEach(Collections::sort);
    assertThat(flagsPerMonth("web site", List.copyOf(clients.values()), 4, DEFAULT))
        .isLessThan(0.4);
  }

  private double flagsPerMonth(String what, List<List<Long>> callers, int days, long expected)
      throws StoreException {
    int flags = 0;
    for (List<Long> requests : callers) {
      Watched caller = new Watched(expected);
      for (long at : requests) {
        flags += caller.isFlaggedBy(at) ? 1 : 0;
      }
    }
    double perMonth = flags / (callers.size() * days / 30.0);
    System.out.printf(
        "seed %d: %s: %.3f flags for a caller and month (%d callers, %d days)%n",
        seed, what, perMonth, callers.size(), days);
    return perMonth;
  }

  /** What a person does: sessions of some six requests, less on weekends, mostly by day. */
  private List<Long> sessions(double perDay, int days) {
    List<Long> times = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      double mean = perDay / 6 * (day % 7 < 5 ? 1 : 0.6);
      for (double sum = exponential(1); sum < mean; sum += exponential(1)) {
        long at = day * DAY + timeOfDay();
        do {
          times.add(at);
          at += (long) exponential(45 * SECOND);
        } while (random.nextInt(6) != 0);
      }
    }
    Collections.sort(times);
    return times;
  }

  private double exponential(double mean) {
    return -Math.log(1 - random.nextDouble()) * mean;
  }

  private long timeOfDay() {
    while (true) {
      long at = random.nextLong(DAY);
      if (random.nextDouble() < share(at) / share(12 * HOUR)) {
        return at;
      }
    }
  }

  /** The part of a day's requests that the hour has. */
  private static double share(long at) {
    long hour = at % DAY / HOUR;
    double weight = hour >= 8 && hour < 19 ? 1.75 : hour >= 19 && hour < 23 ? 0.75 : 0.2;
    return weight / (11 * 1.75 + 4 * 0.75 + 9 * 0.2);
  }

  /** Of windows of ten minutes as many requests as make so many on an average day of use. */
  private List<Long> thinned(long[] counts, int perDay) {
    int active = 0;
    for (int day = 0; day * 144 < counts.length; day++) {
      int end = Math.min(counts.length, (day + 1) * 144);
      active += Arrays.stream(counts, day * 144, end).sum() > 0 ? 1 : 0;
    }
    double kept = (double) perDay * active / Math.max(1, Arrays.stream(counts).sum());
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      for (long j = 0; j < counts[i]; j++) {
        if (random.nextDouble() < kept) {
          times.add(i * 600L * SECOND + random.nextLong(600 * SECOND));
        }
      }
    }
    Collections.sort(times);
    return times;
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream stored =
            Objects.requireNonNull(SurgeDetectionTest.class.getResourceAsStream(resource));
        InputStream plain = resource.endsWith(".gz") ? new GZIPInputStream(stored) : stored;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
