package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.KEY;
import static dev.tollgate.servers.Hostile.OPERATOR;
import static dev.tollgate.servers.Hostile.PASSWORD;
import static dev.tollgate.servers.Hostile.VICTIM_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Ways to the operators' pages, to the usage of others and to files that nobody should see. */
final class PageTricks {

  private static final String ADMIN = "operators";
  private static final String FORM = "form";
  private static final String USAGE = "usage";

  private static final String TOKEN = "0123456789abcdef".repeat(4);

  /** Nobody will miss this caller. */
  private static final String BLOCK =
      "action=caller&choice=BLOCK&subject=nobody&until=2026-12-31&reason=";

  private final String victim;

  /**
   * @param victim the id of a caller whose usage is to be seen
   */
  PageTricks(String victim) {
    this.victim = victim;
  }

  Stream<Hostile> all() {
    return Stream.of(pages(), passwords(), forms(), actions(), questions(), usages(), assets())
        .flatMap(s -> s);
  }

  private Stream<Hostile> pages() {
    return Stream.of(
            "/tollgate/admin",
            "/tollgate/admin/",
            "/tollgate/admin/spend",
            "/tollgate/admin/export?format=csv",
            "/tollgate/admin/configuration",
            "/tollgate/admin/callers?tier=large&id=" + victim,
            "/tollgate//admin",
            "//tollgate/admin",
            "/tollgate/./admin",
            "/tollgate/x/../admin",
            "/tollgate/x/..;/admin",
            "/tollgate/usage/..;/admin",
            "/tollgate/usage/../admin",
            "/tollgate/usage/%2e%2e/admin",
            "/tollgate/assets/..;/admin",
            "/tollgate/assets/%2e%2e/admin/spend",
            "/tollgate/health/..;/admin",
            "/tollgate;x/admin",
            "/tollgate/admin;x",
            "/tollgate/;/admin",
            "/tollgate/%61dmin",
            "/tollgate%2fadmin",
            "/tollgate/admin%2fspend",
            "/tollgate/admin%00",
            "/tollgate/ADMIN",
            "/Tollgate/Admin",
            "/tollgate/admin.",
            "/tollgate/admin%20",
            "/tollgate\\admin",
            "/tollgate/%2561dmin",
            "/tollgate/admin/..;/admin/spend",
            "/tollgate/admin?embed",
            "/tollgate/admin#x",
            "/tollgate/admin?user=admin&role=tollgate-admin")
        .flatMap(
            path ->
                Stream.of(
                    Hostile.get(ADMIN, path).with("Accept: text/html").refused(),
                    Hostile.get(ADMIN, path).with("Authorization: Bearer " + KEY).refused()));
  }

  private static Stream<Hostile> passwords() {
    return Stream.of(
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Basic " + base64("admin"),
            "Basic " + base64("admin:"),
            "Basic " + base64(":" + PASSWORD),
            "Basic " + base64("admin:" + PASSWORD + "x"),
            "Basic " + base64("admin:" + PASSWORD.substring(1)),
            "Basic " + base64("ADMIN:" + PASSWORD),
            "Basic " + base64("admin:" + PASSWORD + "\u0000"),
            "Basic " + base64("admin\u0000:" + PASSWORD),
            "Basic " + base64("a".repeat(6000)),
            "Bearer " + base64("admin:" + PASSWORD),
            "Digest username=\"admin\"",
            OPERATOR + ", Basic x",
            "Basic x, " + OPERATOR)
        .map(
            value ->
                Hostile.of(ADMIN, "GET /tollgate/admin HTTP/1.1")
                    .with("Authorization: " + value)
                    .refused());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static Hostile form(String fields) {
    return Hostile.of(FORM, "POST /tollgate/admin/actions HTTP/1.1")
        .with("Authorization: " + OPERATOR)
        .body(fields.getBytes(UTF_8))
        .with("Content-Type: application/x-www-form-urlencoded");
  }

  /** An operator's browser, sent by another site. */
  private static Stream<Hostile> forms() {
    String other = TOKEN.replace('0', 'f');
    Stream<Hostile> tokens =
        Stream.of(
            form(BLOCK),
            form(BLOCK + "&token="),
            form(BLOCK + "&token=" + TOKEN),
            form(BLOCK).with("Cookie: tollgate-form=" + TOKEN),
            form(BLOCK + "&token=" + other).with("Cookie: tollgate-form=" + TOKEN),
            form(BLOCK + "&token=").with("Cookie: tollgate-form="),
            form(BLOCK + "&token=x").with("Cookie: tollgate-form=x"),
            form(BLOCK + "&token=" + TOKEN + "0").with("Cookie: tollgate-form=" + TOKEN + "0"),
            form(BLOCK + "&token=" + TOKEN).with("Cookie: Tollgate-Form=" + TOKEN),
            form(BLOCK + "&token=" + other + "&token=" + TOKEN)
                .with("Cookie: tollgate-form=" + TOKEN));
    Stream<Hostile> sites =
        Stream.of("cross-site", "same-site", "", "null")
            .map(
                site ->
                    form(BLOCK + "&token=" + TOKEN)
                        .with("Cookie: tollgate-form=" + TOKEN)
                        .with("Sec-Fetch-Site: " + site));
    Hostile honest = form(BLOCK + "&token=" + TOKEN).with("Cookie: tollgate-form=" + TOKEN);
    Stream<Hostile> methods =
        Stream.of("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "post", "X")
            .map(method -> honest.rewritten("^POST", method));
    Stream<Hostile> others =
        Stream.of(
            honest.without("Authorization"),
            honest.without("Authorization").with("X-API-Key: " + KEY),
            honest.rewritten("/actions", "/"),
            honest.rewritten("/actions", "/actions/x"));
    return Stream.of(tokens, sites, methods, others).flatMap(s -> s).map(Hostile::refused);
  }

  /** What an operator might be talked into sending. */
  private static Stream<Hostile> actions() {
    return Stream.of(
            "action=caller&choice=BLOCK&subject=&until=2026-12-31&reason=x",
            "action=caller&choice=BLOCK&subject=" + "s".repeat(6000) + "&until=2026-12-31",
            "action=caller&choice=BLOCK&subject=%3Cscript%3Ealert(1)%3C/script%3E&until=2026-12-31",
            "action=caller&choice=BLOCK&subject=a%0d%0aX-Injected:+1&until=2026-12-31&reason=x",
            "action=caller&choice=BLOCK&subject=a%00b&until=2026-12-31&reason=%0aX-Injected",
            "action=caller&choice=BLOCK&subject=nobody&until=2026-12-31&reason=" + "r".repeat(6000),
            "action=caller&choice=BLOCK&subject=nobody&until=2026-02-30",
            "action=caller&choice=BLOCK&subject=nobody&until=%2B999999999-12-31",
            "action=caller&choice=BLOCK&subject=nobody&until=-999999999-01-01",
            "action=caller&choice=BLOCK&subject=nobody",
            "action=caller&choice=RAISE&subject=nobody&until=2026-12-31&percent=99999",
            "action=caller&choice=RAISE&subject=nobody&until=2026-12-31&percent=-1",
            "action=caller&choice=RAISE&subject=nobody&until=2026-12-31&percent=1e9",
            "action=caller&choice=raise&subject=nobody",
            "action=caller&choice=END&subject=nobody",
            "action=caller&choice=RESET&subject=nobody",
            "action=control-breaker&subject=%3Cscript%3E&choice=OPEN",
            "action=release-provider&subject=..%2f..",
            "action=%00&subject=%ff%fe",
            "action=caller&action=release-provider&subject=a&subject=b",
            "%",
            "=&=&&&",
            "a=b&".repeat(1500))
        .map(
            fields -> form("token=" + TOKEN + "&" + fields).with("Cookie: tollgate-form=" + TOKEN));
  }

  /** Odd questions of an operator: nothing breaks, and nothing comes back unescaped. */
  private static Stream<Hostile> questions() {
    return Stream.of(
            "/tollgate/admin/spend?span=year&at=9999-12-31",
            "/tollgate/admin/spend?span=hour&at=x",
            "/tollgate/admin/spend?span=%3Cscript%3Ealert(1)%3C/script%3E",
            "/tollgate/admin/spend?at=%2B999999999-12-31",
            "/tollgate/admin/spend?at=-999999999-01-01&span=day",
            "/tollgate/admin/spend?by=caller",
            "/tollgate/admin/spend?by=%00",
            "/tollgate/admin/export?format=focus&by=x",
            "/tollgate/admin/export?format=..%2f",
            "/tollgate/admin/export?format=csv%0d%0aX-Injected:+1&by=model",
            "/tollgate/admin/export?by=model%0d%0aX-Injected:+1&format=csv",
            "/tollgate/admin/callers?id=%ff%fe",
            "/tollgate/admin/callers?id=%",
            "/tollgate/admin/callers?tier=nobody&id=x",
            "/tollgate/admin/callers?id=" + "i".repeat(5000),
            "/tollgate/admin/../../WEB-INF/web.xml",
            "/tollgate/admin/..%2f..%2fWEB-INF/web.xml",
            "/tollgate/admin/" + "x/".repeat(500))
        .map(
            path ->
                Hostile.of(ADMIN, "GET " + path + " HTTP/1.1")
                    .with("Authorization: " + OPERATOR)
                    .with("Accept: text/html"));
  }

  private Stream<Hostile> usages() {
    Stream<Hostile> others =
        Stream.of(
                "/tollgate/usage/" + victim,
                "/tollgate/usage?caller=" + victim,
                "/tollgate/usage/?caller=" + victim,
                "/tollgate/usage/" + victim + "/",
                "/tollgate/usage/./" + victim,
                "/tollgate/usage/x/..;/" + victim,
                "/tollgate/usage/%68" + victim.substring(1),
                "/tollgate/usage;x/" + victim,
                "/tollgate/usage?caller=" + victim + "&caller=x",
                "/tollgate/usage?CALLER=x&caller=" + victim,
                "/tollgate/usage/../usage/" + victim,
                "/tollgate/usage/" + VICTIM_KEY)
            .map(path -> Hostile.get(USAGE, path).refused());
    Stream<Hostile> nobody =
        List.of("/tollgate/usage", "/tollgate/usage/" + victim, "/tollgate/usage/..;/usage")
            .stream()
            .map(path -> Hostile.get(USAGE, path).without("X-API-Key").refused());
    Stream<Hostile> headers =
        Stream.of(
                "X-Visitor: " + VICTIM_KEY,
                "Cookie: visitor=" + VICTIM_KEY,
                "X-Forwarded-For: ::1",
                "X-Forwarded-User: " + victim,
                "Accept: text/html",
                "Range: bytes=0-0",
                "Accept: text/html\r\nAccept-Language: " + "x".repeat(3000),
                "Accept: text/html\r\nAccept-Language: ar-SA-u-nu-arab-ca-islamic",
                "Accept: text/html\r\nAccept-Language: th-TH-u-nu-thai-x-lvariant-TH")
            .map(line -> Hostile.get(USAGE, "/tollgate/usage").with(line));
    Stream<Hostile> estimates =
        Stream.of("", "?route=chat", "?route=", "?route=%ff", "?" + "a=b&".repeat(1500))
            .map(query -> Hostile.post(USAGE, "/tollgate/estimate" + query))
            .map(request -> request.body("a=b&".repeat(1500).getBytes(UTF_8)))
            .map(request -> request.without("Content-Type"))
            .map(request -> request.with("Content-Type: application/x-www-form-urlencoded"));
    Stream<Hostile> open =
        Stream.of("/tollgate/metrics", "/tollgate/health")
            .flatMap(
                path ->
                    Stream.of("GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "X")
                        .map(method -> Hostile.of(USAGE, method + " " + path + " HTTP/1.1")));
    return Stream.of(others, nobody, headers, estimates, open).flatMap(s -> s);
  }

  private static Stream<Hostile> assets() {
    return Stream.of(
            "",
            "/",
            "//",
            "/..",
            "/../",
            "/.",
            "/%2e%2e",
            "/%2e%2e%2f",
            "/..%2f..%2fWEB-INF/web.xml",
            "/../../WEB-INF/web.xml",
            "/%2e%2e/%2e%2e/WEB-INF/web.xml",
            "/..;/..;/WEB-INF/web.xml",
            "/..\\..\\WEB-INF\\web.xml",
            "/..%5c..%5cWEB-INF%5cweb.xml",
            "/%00",
            "/pages.css%00",
            "/pages.css/..",
            "/pages.css/../Assets.class",
            "/Assets.class",
            "/package-info.class",
            "/uplot.LICENSE",
            "/../DashboardServlet.class",
            "/PAGES.CSS",
            "/pages.css;x",
            "/pages.css/",
            "//etc/passwd",
            "/file:/etc/passwd",
            "/%c0%ae%c0%ae/")
        .map(path -> Hostile.get("asset", "/tollgate/assets" + path));
  }
}
