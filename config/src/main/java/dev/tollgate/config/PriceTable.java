package dev.tollgate.config;

import dev.tollgate.PriceBook;
import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.providers.Catalogue;
import dev.tollgate.providers.PriceFeed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The prices in force: the configuration's own over those of its price file over the shipped ones,
 * of today. Not thread-safe.
 */
final class PriceTable {

  /** How often a web page is asked; a file is looked at every time. */
  static final Duration WEB_PERIOD = Duration.ofHours(1);

  /** When a page that was not answered is asked again, and twice as late each time after that. */
  static final Duration FIRST_RETRY = Duration.ofSeconds(15);

  /** Older shipped prices are probably not those that are charged any more. */
  static final Duration STALE_AGE = Duration.ofDays(90);

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final InstantSource clock;
  private final Catalogue shipped = Catalogue.shipped();
  private PriceSettings settings;
  private Optional<PriceFeed> feed;
  private Instant due = Instant.MIN;
  private Duration retry = FIRST_RETRY;
  private LocalDate day;
  private String reported = "";

  PriceTable(PriceSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.day = today();
    this.feed = open(settings);
    refresh();
  }

  private Optional<PriceFeed> open(PriceSettings settings) {
    return settings.feed().map(from -> new PriceFeed(from.uri(), from.format(), shipped));
  }

  /** Goes by other settings. Waits up to half a minute for a web server that they name. */
  void use(PriceSettings changed) {
    if (!changed.feed().equals(settings.feed())) {
      feed = open(changed);
      due = Instant.MIN;
      retry = FIRST_RETRY;
    }
    settings = changed;
    refresh();
  }

  /**
   * Looks for changes. Waits up to half a minute for a web server, once in {@link #WEB_PERIOD}, and
   * while it does not answer at growing pauses from {@link #FIRST_RETRY} up to that.
   *
   * @return whether prices may have changed
   */
  boolean refresh() {
    LocalDate before = day;
    day = today();
    boolean changed =
        !clock.instant().isBefore(due) && feed.map(asked -> isChanged(asked)).orElse(false);
    report(feed.flatMap(PriceFeed::problem).orElse(""));
    return changed || !day.equals(before);
  }

  private boolean isChanged(PriceFeed asked) {
    boolean changed = asked.refresh();
    boolean failed = asked.problem().isPresent();
    if (isPage()) {
      due = clock.instant().plus(failed ? retry : WEB_PERIOD);
    }
    Duration later = retry.multipliedBy(2);
    retry = !failed ? FIRST_RETRY : later.compareTo(WEB_PERIOD) < 0 ? later : WEB_PERIOD;
    return changed;
  }

  private boolean isPage() {
    return settings.feed().filter(from -> !from.uri().getScheme().equals("file")).isPresent();
  }

  /** What an operator should know of the prices at the start. */
  List<Problem> warnings() {
    LocalDate shippedOn = Catalogue.shippedOn();
    long age = ChronoUnit.DAYS.between(shippedOn, day);
    if (feed.isPresent() || age <= STALE_AGE.toDays()) {
      return List.of();
    }
    return List.of(
        new Problem(
            "tollgate.prices",
            "",
            "is not set, and the prices that came with this version are of "
                + shippedOn
                + ", "
                + age
                + " days ago",
            "name a price file or feed, or take a newer version"));
  }

  /** Once, however often it is tried. */
  private void report(String problem) {
    if (!problem.isEmpty() && !problem.equals(reported)) {
      LOG.log(System.Logger.Level.WARNING, Redaction.ofAddress(problem));
    }
    reported = problem;
  }

  PriceBook book() {
    return settings.book(feed.map(PriceFeed::catalogue).orElse(shipped), day);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
