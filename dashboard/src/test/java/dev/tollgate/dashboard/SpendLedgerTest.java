package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Rollups;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever operators are shown of a random run of calls is what was charged, to the nano-dollar.
 */
class SpendLedgerTest {

  private static final int CALLS = 100_000;
  private static final int ENGINES = 3;
  private static final int CALLERS = 24;
  private static final int MOST_OPEN = 20;
  private static final int DAYS = 7;
  private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-24");
  private static final int MEAN_PAUSE_MILLIS = DAYS * 86_400_000 / CALLS;
  private static final List<String> MODELS =
      List.of("", "gpt-small", "gpt-large", "claude", "unheard of, \"quoted\"");

  private static final Window.Calendar DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
  private static final Window.Calendar MONTH =
      new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);

  private static final Policies POLICIES =
      Policies.of(
              List.of(
                  Tier.of("free", Limit.of(Meter.TOKENS, 600_000, DAY)),
                  Tier.of("pro", Limit.of(Meter.REQUESTS, 1_000_000, DAY))),
              List.of(Route.of("chat"), Route.of("search")),
              new PriceBook(
                  Map.of(
                      "gpt-small", Price.of(150_000_007, 600_000_011),
                      "gpt-large", Price.of(3_000_000_019L, 15_000_000_023L),
                      "claude", Price.of(5_000_000_029L, 25_000_000_031L))))
          .with(
              new Spending(
                  List.of(budget("openai", "gpt-*"), budget("anthropic", "claude*")),
                  BreakerPolicy.OFF,
                  AnomalyPolicy.OFF));

  private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);
  private final List<Charge> ledger = new ArrayList<>();
  private final List<Tollgate> engines = new ArrayList<>();
  private PageServer server;

  /** A row of the ledger, with what it is divided by. */
  private record Charge(Caller caller, String provider, CallRecord row) {

    String name(Dimension dimension) {
      return switch (dimension) {
        case TIER -> caller.tier();
        case ROUTE -> row.route();
        case MODEL -> row.model();
        case PROVIDER -> provider;
        case CALLER -> caller.id();
      };
    }
  }

  private record Cell(Instant start, String name) {}

  private static Provider budget(String provider, String models) {
    Limit limit = Limit.of(Meter.COST, 1_000_000_000_000_000L, MONTH);
    return new Provider(provider, Set.of(), List.of(models))
        .hardLimit(limit, 0, 1_000_000_000_000L);
  }

  @BeforeEach
  void spendAtRandom() throws Exception {
    System.out.println("seed " + seed);
    server =
        PageServer.start(
            clock -> {
              MemoryStore store = new MemoryStore(10_000, clock);
              for (int i = 0; i < ENGINES; i++) {
                engines.add(Tollgate.builder(POLICIES, store).clock(clock).build());
              }
              return Tollgate.builder(POLICIES, store).clock(clock).build();
            });
    Instant now = FIRST_DAY.atStartOfDay().toInstant(ZoneOffset.UTC);
    List<Reservation> open = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      server.setTime(now);
      Decision decision = engines.get(random.nextInt(ENGINES)).reserve(call());
      if (!(decision instanceof Decision.Refused)) {
        open.add(decision.orThrow());
      }
      if (open.size() > random.nextInt(MOST_OPEN)) {
        end(open.remove(random.nextInt(open.size())));
      }
      now = now.plusMillis(random.nextInt(2 * MEAN_PAUSE_MILLIS));
    }
    open.forEach(this::end);
    engines.forEach(Tollgate::close);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Call call() {
    int number = random.nextInt(CALLERS);
    return Call.of(
            new Caller("c" + number, number % 2 == 0 ? "free" : "pro"),
            random.nextBoolean() ? "chat" : "search")
        .model(MODELS.get(random.nextInt(MODELS.size())))
        .estimate(random.nextInt(2000), random.nextInt(1000));
  }

  private void end(Reservation reservation) {
    Usage usage = Usage.of(random.nextInt(3000), random.nextInt(1500));
    int way = random.nextInt(10);
    if (way == 0) {
      reservation.cancel();
      return;
    }
    CallRecord row =
        switch (way) {
          case 1 -> reservation.settleAsReserved();
          case 2 -> reservation.settleEstimated(usage);
          case 3 -> reservation.settle(usage, BigDecimal.valueOf(random.nextInt(1 << 30), 9));
          default -> reservation.settle(usage);
        };
    String provider =
        POLICIES.spending().provider(row.route(), row.model()).map(Provider::name).orElse("");
    ledger.add(new Charge(reservation.call().caller(), provider, row));
  }

  @Test
  void everyChartTableAndExportIsTheLedger() throws Exception {
    int compared = 0;
    for (Map.Entry<Period.Span, List<LocalDate>> periods : periods().entrySet()) {
      for (LocalDate day : periods.getValue()) {
        Period period = Period.of(periods.getKey(), day);
        for (Dimension dimension : Dimension.values()) {
          compare(period, dimension);
          compared += 2 + SpendExport.Format.values().length;
        }
      }
    }
    System.out.printf(
        "%,d calls on %d engines, %,d of them charged %s USD: the same in %d charts and exports%n",
        CALLS, ENGINES, ledger.size(), Money.usd(cost(ledger)).toPlainString(), compared);
    assertThat(ledger).hasSizeGreaterThan(CALLS / 2);
  }

  /** Each day, both months, and the year. */
  private static Map<Period.Span, List<LocalDate>> periods() {
    LocalDate last = FIRST_DAY.plusDays(DAYS);
    Map<Period.Span, List<LocalDate>> periods = new LinkedHashMap<>();
    periods.put(Period.Span.DAY, FIRST_DAY.datesUntil(last.plusDays(1)).toList());
    periods.put(Period.Span.MONTH, List.of(FIRST_DAY, last));
    periods.put(Period.Span.YEAR, List.of(last));
    return periods;
  }

  private void compare(Period period, Dimension dimension) throws Exception {
    String query =
        "by=%s&span=%s&at=%s"
            .formatted(Words.dashed(dimension), period.span().parameter(), period.lastDay());
    Map<Cell, Long> charged =
        sums(
            within(period.from(), period.to()),
            charge -> new Cell(start(period.span(), charge.row().at()), charge.name(dimension)));
    String page = get("admin/spend?" + query);
    Map<Cell, Long> charted = chart(page);
    assertThat(charted)
        .as("seed %d, chart %s", seed, query)
        .isEqualTo(
            dimension == Dimension.CALLER
                ? withRest(charged, names(charted), "All others")
                : charged);
    assertThat(callers(page))
        .as("seed %d, callers %s", seed, query)
        .isEqualTo(sums(within(period.from(), period.to()), charge -> charge.caller().id()));
    String export = "admin/export?" + query + "&format=";
    for (SpendExport.Format format : SpendExport.Format.values()) {
      String body = get(export + format.parameter());
      Map<Cell, Long> exported =
          switch (format) {
            case CSV -> csv(body, "from", Words.dashed(dimension), "costUsd");
            case JSON_LINES -> jsonLines(body, Words.dashed(dimension));
            case FOCUS -> csv(body, "ChargePeriodStart", focusColumn(dimension), "BilledCost");
          };
      if (dimension == Dimension.CALLER && format != SpendExport.Format.FOCUS) {
        // those of an hour are forgotten after 8 days
        Set<String> known = period.span() == Period.Span.DAY ? names(exported) : names(charged);
        assertThat(exported)
            .as("seed %d, %s %s", seed, format, query)
            .isEqualTo(withRest(charged, known, Rollups.OTHERS));
        continue;
      }
      boolean byAnother = format == SpendExport.Format.FOCUS && !isInFocus(dimension);
      assertThat(byAnother ? withoutNames(exported) : exported)
          .as("seed %d, %s %s", seed, format, query)
          .isEqualTo(byAnother ? withoutNames(charged) : charged);
    }
  }

  private static String focusColumn(Dimension dimension) {
    return isInFocus(dimension) ? "x_" + Words.spoken(dimension) : "ServiceName";
  }

  private static boolean isInFocus(Dimension dimension) {
    return Set.of(Dimension.TIER, Dimension.ROUTE, Dimension.MODEL).contains(dimension);
  }

  private static Set<String> names(Map<Cell, Long> cells) {
    return cells.keySet().stream().map(Cell::name).collect(Collectors.toSet());
  }

  private static Map<Cell, Long> withoutNames(Map<Cell, Long> cells) {
    return merged(cells, name -> "");
  }

  /** The same, with all names but these in one. */
  private static Map<Cell, Long> withRest(Map<Cell, Long> cells, Set<String> names, String rest) {
    return merged(cells, name -> names.contains(name) ? name : rest);
  }

  private static Map<Cell, Long> merged(Map<Cell, Long> cells, UnaryOperator<String> name) {
    Map<Cell, Long> merged = new HashMap<>();
    cells.forEach(
        (cell, sum) ->
            merged.merge(new Cell(cell.start(), name.apply(cell.name())), sum, Long::sum));
    return merged;
  }

  private Stream<Charge> within(Instant from, Instant to) {
    return ledger.stream()
        .filter(charge -> !charge.row().at().isBefore(from) && charge.row().at().isBefore(to));
  }

  private static long cost(List<Charge> charges) {
    return charges.stream().mapToLong(charge -> charge.row().costNanoUsd()).sum();
  }

  /** Nano-dollars by name; without those of nothing. */
  private static <K> Map<K, Long> sums(Stream<Charge> charges, Function<Charge, K> name) {
    return withoutNothing(
        charges.collect(
            Collectors.groupingBy(
                name, Collectors.summingLong(charge -> charge.row().costNanoUsd()))));
  }

  private static <K> Map<K, Long> withoutNothing(Map<K, Long> sums) {
    sums.values().removeIf(sum -> sum == 0);
    return sums;
  }

  private static Instant start(Period.Span span, Instant at) {
    return switch (span) {
      case DAY -> at.truncatedTo(ChronoUnit.HOURS);
      case MONTH -> at.truncatedTo(ChronoUnit.DAYS);
      case YEAR ->
          at.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant();
    };
  }

  private String get(String path) throws Exception {
    return server
        .get(path, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html,*/*;q=0.8")
        .body();
  }

  /** What the table behind a chart says; its last column is checked to be the sum of the others. */
  private static Map<Cell, Long> chart(String page) {
    List<String> names =
        all(page, "<th scope=\"col\" class=\"number\">(?:<a [^>]*><bdi>(.*?)</bdi>|(All others))")
            .map(found -> text(found.group(1) == null ? found.group(2) : found.group(1)))
            .toList();
    Map<Cell, Long> cells = new HashMap<>();
    all(page, "<tr><th scope=\"row\">.*?datetime=\"(.*?)\".*?</th>(.*?)</tr>")
        .forEach(
            row -> {
              List<Long> amounts = amounts(row.group(2));
              long total = 0;
              for (int i = 0; i < names.size(); i++) {
                String name = names.get(i).equals("(none)") ? "" : names.get(i);
                cells.put(new Cell(Instant.parse(row.group(1)), name), amounts.get(i));
                total += amounts.get(i);
              }
              assertThat(amounts.get(names.size())).isEqualTo(total);
            });
    return withoutNothing(cells);
  }

  private static Map<String, Long> callers(String page) {
    return withoutNothing(
        all(page, "<a href=\"[^\"]*/callers\\?id=[^\"]*\"><bdi>(.*?)</bdi>(.*?)</tr>")
            .collect(Collectors.toMap(row -> row.group(1), row -> amounts(row.group(2)).get(0))));
  }

  private static List<Long> amounts(String cells) {
    return all(cells, "<data value=\"([0-9.]+)\">").map(found -> nanoUsd(found.group(1))).toList();
  }

  private static Stream<MatchResult> all(String text, String regex) {
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).results();
  }

  private static String text(String html) {
    return html.replace("&quot;", "\"").replace("&#34;", "\"").replace("&amp;", "&");
  }

  private static long nanoUsd(String usd) {
    return new BigDecimal(usd).movePointRight(9).longValueExact();
  }

  private static Map<Cell, Long> jsonLines(String body, String name) throws Exception {
    Map<Cell, Long> cells = new HashMap<>();
    for (String line : body.lines().toList()) {
      JsonNode row = Json.read(line.getBytes(StandardCharsets.UTF_8));
      cells.merge(
          new Cell(Instant.parse(row.path("from").textValue()), row.path(name).textValue()),
          nanoUsd(row.path("costUsd").textValue()),
          Long::sum);
    }
    return withoutNothing(cells);
  }

  private static Map<Cell, Long> csv(String body, String from, String name, String cost) {
    List<List<String>> rows = body.lines().map(SpendLedgerTest::fields).toList();
    Map<Cell, Long> cells = new HashMap<>();
    if (rows.isEmpty()) {
      return cells;
    }
    List<String> header = rows.get(0);
    for (List<String> row : rows.subList(1, rows.size())) {
      cells.merge(
          new Cell(Instant.parse(row.get(header.indexOf(from))), row.get(header.indexOf(name))),
          nanoUsd(row.get(header.indexOf(cost))),
          Long::sum);
    }
    return withoutNothing(cells);
  }

  /** The fields of a line as RFC 4180 has them. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    Matcher field = Pattern.compile("(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,\"]*))").matcher(line);
    while (field.find()) {
      fields.add(field.group(1) == null ? field.group(2) : field.group(1).replace("\"\"", "\""));
    }
    return fields;
  }
}
