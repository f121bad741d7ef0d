package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.ProviderBudget;
import dev.tollgate.Window;
import dev.tollgate.config.ProviderApis.OwnLimit;
import dev.tollgate.providers.BillApi;
import dev.tollgate.providers.BillAudit;
import dev.tollgate.providers.LimitApi;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads where providers tell their bills and take their limits. */
final class ProviderApiReader {

  private static final String BILL = "bill";
  private static final String SET_LIMIT = "set-limit";
  private static final String HARD_LIMIT = "hard-limit";
  private static final int DEFAULT_DRIFT = 5;
  private static final long CENT = 10_000_000L;
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._-]{1,256}");

  private static final Syntax<Integer> PERCENT = new Syntax<>("5%", ProviderApiReader::percent);
  private static final Syntax<String> OF = new Syntax<>("proj_abc", ProviderApiReader::subject);

  private static final Syntax<Optional<URI>> BASE =
      new Syntax<>("https://api.openai.com/v1", text -> Optional.of(base(text)));

  private static final Syntax<Optional<BillApi>> BILL_API = optional(Syntax.oneOf(BillApi.class));

  private static final Syntax<Optional<LimitApi>> LIMIT_API =
      optional(Syntax.oneOf(LimitApi.class));

  private final Values values;
  private final Map<String, Limit> hardLimits;

  /** What opens an API, and whose bill or limit is meant there. */
  private record Access(URI base, Key secretKey, String secret, String subject) {}

  ProviderApiReader(Values values, List<ProviderBudget> budgets) {
    this.values = values;
    this.hardLimits =
        budgets.stream().collect(Collectors.toMap(ProviderBudget::provider, ProviderBudget::limit));
  }

  ProviderApis read() {
    int drift = values.get("bill-drift", PERCENT, DEFAULT_DRIFT);
    Map<String, BillAudit> audits = new HashMap<>();
    Map<String, OwnLimit> limits = new HashMap<>();
    for (String name : values.names(Key.PROVIDER)) {
      audit(name, drift).ifPresent(audit -> audits.put(name, audit));
      limit(name).ifPresent(limit -> limits.put(name, limit));
    }
    return new ProviderApis(audits, limits);
  }

  private Optional<BillAudit> audit(String name, int drift) {
    Optional<BillApi> found = values.get(key(name, BILL), BILL_API, Optional.empty());
    Optional<Access> access = access(name, BILL, found.map(BillApi::base), false);
    if (found.isEmpty() || access.isEmpty()) {
      return Optional.empty();
    }
    BillApi api = found.get();
    Access to = access.get();
    return opened(to, () -> api.reader(to.base(), to.secret(), to.subject()))
        .map(bills -> new BillAudit(name, bills, drift));
  }

  private Optional<OwnLimit> limit(String name) {
    Optional<LimitApi> found = values.get(key(name, SET_LIMIT), LIMIT_API, Optional.empty());
    boolean needsSubject = found.map(LimitApi::needsSubject).orElse(false);
    Optional<Access> access = access(name, SET_LIMIT, found.flatMap(LimitApi::base), needsSubject);
    Limit hard = hardLimits.get(name);
    if (found.isEmpty() || access.isEmpty() || hard == null) {
      return Optional.empty();
    }
    LimitApi api = found.get();
    Access to = access.get();
    Window.Unit unit = ((Window.Calendar) hard.window()).unit();
    if (!api.windows().contains(unit) || hard.amount() < CENT) {
      values.report(
          key(name, SET_LIMIT),
          "has no limits like the hard limit: they are of a cent or more in a month",
          "change " + key(name, HARD_LIMIT) + " or remove it");
      return Optional.empty();
    }
    return opened(to, () -> api.limit(to.base(), to.secret(), to.subject(), unit))
        .map(limit -> new OwnLimit(limit, hard.amount()));
  }

  private <T> Optional<T> opened(Access access, Supplier<T> opening) {
    return values.attempt(access.secretKey(), "the key as the provider shows it", opening);
  }

  /**
   * What the keys beside one say; empty where that is not there, or something is wrong.
   *
   * @param base where the API is if nothing is said
   */
  private Optional<Access> access(
      String name, String what, Optional<URI> base, boolean needsSubject) {
    Key secretKey = key(name, what + "-key");
    Key urlKey = key(name, what + "-url");
    Key ofKey = key(name, what + "-of");
    Optional<URI> to = values.get(urlKey, BASE, base);
    String subject = values.get(ofKey, OF, "");
    if (!values.has(key(name, what))) {
      Stream.of(secretKey, urlKey, ofKey)
          .filter(values::has)
          .forEach(key -> reportMissing(key, "is of no use alone", key(name, what)));
      return Optional.empty();
    }
    if (!values.has(key(name, HARD_LIMIT))) {
      reportMissing(key(name, what), "belongs to no hard limit", key(name, HARD_LIMIT));
    }
    if (!values.has(secretKey)) {
      reportMissing(key(name, what), "needs an administration key", secretKey);
    }
    if (to.isEmpty() && !values.has(urlKey)) {
      reportMissing(key(name, what), "needs an address", urlKey);
    }
    if (needsSubject && !values.has(ofKey)) {
      reportMissing(key(name, what), "must be told whose limit is meant", ofKey);
    }
    return to.filter(unused -> values.has(secretKey))
        .map(uri -> new Access(uri, secretKey, values.text(secretKey), subject));
  }

  private void reportMissing(Key key, String rule, Key missing) {
    values.report(key, rule, "set " + missing + " or remove it");
  }

  private static <T> Syntax<Optional<T>> optional(Syntax<T> syntax) {
    return new Syntax<>(syntax.example(), text -> Optional.of(syntax.parse(text)));
  }

  private static int percent(String text) {
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException("'" + text + "' is not a percentage");
    }
    return Syntax.wholeNumber(1, 100).parse(text.substring(0, text.length() - 1).strip());
  }

  private static String subject(String text) {
    if (!SUBJECT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "has other characters than letters, digits, '.', '-' and '_', or over 256");
    }
    return text;
  }

  private static URI base(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      boolean plain =
          uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
      if (web && plain && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException wrong) {
      throw new IllegalArgumentException("is no URL", wrong);
    }
    throw new IllegalArgumentException(
        "must be an http: or https: URL without user, query and fragment");
  }

  private static Key key(String name, String leaf) {
    return new Key(Key.PROVIDER, name, leaf);
  }
}
