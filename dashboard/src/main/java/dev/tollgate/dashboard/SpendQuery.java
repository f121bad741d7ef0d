package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Caller;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is asked about spending. Immutable.
 *
 * @param by what it is divided by
 * @param name the only name that is asked for; empty for all
 * @param period when it was spent
 * @param now the time
 */
record SpendQuery(Dimension by, Optional<String> name, Period period, Instant now) {

  /**
   * @throws Problem when the request asks for what there cannot be
   */
  static SpendQuery of(HttpServletRequest request, Instant now) throws Problem {
    return new SpendQuery(by(request), name(request), Period.of(request, now), now);
  }

  static Dimension by(HttpServletRequest request) throws Problem {
    String asked = Optional.ofNullable(request.getParameter("by")).orElse("model");
    return Arrays.stream(Dimension.values())
        .filter(known -> Words.dashed(known).equals(asked))
        .findFirst()
        .orElseThrow(() -> Problem.badRequest("by: it is one of " + dimensions()));
  }

  private static String dimensions() {
    return Arrays.stream(Dimension.values()).map(Words::dashed).collect(Collectors.joining(", "));
  }

  static Optional<String> name(HttpServletRequest request) throws Problem {
    Optional<String> name = Optional.ofNullable(request.getParameter("name"));
    if (name.filter(text -> text.length() > Caller.MAX_ID_LENGTH).isPresent()) {
      throw Problem.badRequest("name: it has at most " + Caller.MAX_ID_LENGTH + " characters");
    }
    return name;
  }

  /**
   * What was spent, by time and name.
   *
   * @param names how many names are told apart
   * @throws StoreException when the store does not answer
   */
  List<Analytics.Point> points(Analytics analytics, int names) throws StoreException {
    return name.isPresent()
        ? analytics.history(by, name.get(), period.span().resolution(), period.from(), period.to())
        : analytics.spend(by, period.span().resolution(), period.from(), period.to(), names);
  }

  SpendQuery by(Dimension other) {
    return new SpendQuery(other, Optional.empty(), period, now);
  }

  SpendQuery named(String one) {
    return new SpendQuery(by, Optional.of(one), period, now);
  }

  SpendQuery unnamed() {
    return new SpendQuery(by, Optional.empty(), period, now);
  }

  /** The same over the period around a day, or around today if that is in the future. */
  SpendQuery over(Period.Span span, LocalDate day) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return at(span, day.isAfter(today) ? today : day);
  }

  SpendQuery at(Period.Span span, LocalDate day) {
    return new SpendQuery(by, name, Period.of(span, day), now);
  }

  /** As the parameters of an address. */
  String parameters() {
    return "by=%s&span=%s&at=%s%s"
        .formatted(Words.dashed(by), period.span().parameter(), period.lastDay(), nameParameter());
  }

  /** As the parameters of the address of an hour. */
  String parameters(Instant hour) {
    return "by=%s&at=%s%s".formatted(Words.dashed(by), hourText(hour), nameParameter());
  }

  /** Such as {@code 2026-03-10T12}. */
  static String hourText(Instant hour) {
    return hour.toString().substring(0, 13);
  }

  private String nameParameter() {
    return name.map(text -> "&name=" + URLEncoder.encode(text, StandardCharsets.UTF_8)).orElse("");
  }
}
