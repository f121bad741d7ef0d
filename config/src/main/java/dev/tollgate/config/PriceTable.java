package dev.tollgate.config;

import dev.tollgate.PriceBook;
import dev.tollgate.providers.Catalogue;
import dev.tollgate.providers.PriceFeed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The prices in force: the configuration's own over those of its price file over the shipped ones,
 * of today. Not thread-safe.
 */
final class PriceTable {

  /** How often a web page is asked; a file is looked at every time. */
  static final Duration WEB_PERIOD = Duration.ofHours(1);

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final InstantSource clock;
  private final Catalogue shipped = Catalogue.shipped();
  private PriceSettings settings;
  private Optional<PriceFeed> feed;
  private Instant due = Instant.MIN;
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
    }
    settings = changed;
    refresh();
  }

  /**
   * Looks for changes. Waits up to half a minute for a web server, once in {@link #WEB_PERIOD}.
   *
   * @return whether prices may have changed
   */
  boolean refresh() {
    LocalDate before = day;
    day = today();
    boolean changed = isDue() && feed.map(PriceFeed::refresh).orElse(false);
    report(feed.flatMap(PriceFeed::problem).orElse(""));
    return changed || !day.equals(before);
  }

  private boolean isDue() {
    Instant now = clock.instant();
    if (now.isBefore(due)) {
      return false;
    }
    boolean local = settings.feed().map(from -> from.uri().getScheme().equals("file")).orElse(true);
    due = local ? now : now.plus(WEB_PERIOD);
    return true;
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
