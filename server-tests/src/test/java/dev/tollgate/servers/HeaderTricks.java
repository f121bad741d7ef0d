package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.CHAT;
import static dev.tollgate.servers.Hostile.COMPLETIONS;
import static dev.tollgate.servers.Hostile.KEY;
import static dev.tollgate.servers.Hostile.QUESTION;
import static dev.tollgate.servers.Hostile.VICTIM_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Who asks, said twice, wrongly or not at all. */
final class HeaderTricks {

  private static final String KEYS = "key";
  private static final String NAMES = "name";

  private HeaderTricks() {}

  static Stream<Hostile> all() {
    return Stream.of(wrongKeys(), twoKeys(), otherForms(), claims(), names(), cookies())
        .flatMap(s -> s);
  }

  private static Hostile anonymous() {
    return Hostile.post(KEYS, CHAT).without("X-API-Key");
  }

  private static Stream<Hostile> wrongKeys() {
    Stream<String> lines =
        Stream.of(
            "X-Nothing: 1",
            "X-API-Key:",
            "X-API-Key:   ",
            "X-API-Key: nobody",
            "X-API-Key: " + KEY + "x",
            "X-API-Key: " + KEY.substring(1),
            "X-API-Key: " + KEY.toUpperCase(Locale.ROOT),
            "X-API-Key: " + KEY + "\u0000",
            "X-API-Key: " + KEY + "," + KEY,
            "X-API-Key: \"" + KEY + "\"",
            "X-API-Key: *",
            "X-API-Key: null",
            "X-API-Key: undefined",
            "X-API-Key: true",
            "X-API-Key: ' OR '1'='1",
            "X-API-Key: " + "k".repeat(5000),
            "X-API-Key: \u00ff\u00fe",
            "X-API-Key: \u001b[2J",
            "X_API_Key: " + KEY,
            "X-API-Key : " + KEY,
            "X-API-Key\u0000: " + KEY,
            "Authorization: " + KEY,
            "Authorization: Bearer",
            "Authorization: Bearer ",
            "Authorization: Bearer nobody",
            "Authorization: Bearer " + KEY + " " + KEY,
            "Authorization: Token " + KEY,
            "Authorization: Basic " + base64(KEY + ":"),
            "Authorization: Digest username=\"" + KEY + "\"",
            "Authorization: Negotiate " + base64(KEY),
            "Proxy-Authorization: Bearer " + KEY,
            "Api-Key: " + KEY,
            "X-Goog-Api-Key: " + KEY,
            "X-Remote-User: " + KEY,
            "Remote-User: " + KEY,
            "X-Forwarded-User: " + KEY,
            "X-SSL-Client-Cert: " + KEY,
            "Cookie: X-API-Key=" + KEY,
            "Cookie: JSESSIONID=1; api-key=" + KEY);
    return lines.map(line -> anonymous().with(line).refused());
  }

  /** Two keys of which a careless reader would take one, and charge the other. */
  private static Stream<Hostile> twoKeys() {
    return Stream.of(
            "X-API-Key: " + VICTIM_KEY,
            "x-api-key: " + VICTIM_KEY,
            "X-API-KEY: nobody",
            "X-API-Key:",
            "Authorization: Bearer " + VICTIM_KEY,
            "authorization: bearer " + VICTIM_KEY,
            "AUTHORIZATION: BEARER nobody")
        .map(line -> Hostile.post(KEYS, CHAT).with(line).refused());
  }

  private static Stream<Hostile> otherForms() {
    return Stream.of(
        anonymous().with("x-api-key: " + KEY).served(),
        anonymous().with("X-aPi-KeY:   " + KEY + "   ").served(),
        anonymous().with("Authorization: Bearer " + KEY).served(),
        anonymous().with("authorization: bEaReR    " + KEY).served(),
        anonymous().with("X-API-Key:\t" + KEY),
        anonymous().with("X-API-Key:\r\n " + KEY),
        anonymous().with("X-API-Key: nobody\r\n " + KEY),
        Hostile.post(KEYS, CHAT).with("Authorization: Bearer " + KEY).served(),
        Hostile.post(KEYS, CHAT).with("Authorization: Bearer " + KEY + "x").refused(),
        Hostile.post(KEYS, CHAT).with("Authorization: a\r\nAuthorization: b").refused(),
        Hostile.post(KEYS, CHAT).with("X-Visitor: " + VICTIM_KEY),
        Hostile.post(KEYS, CHAT).with("Cookie: visitor=" + VICTIM_KEY),
        Hostile.post(KEYS, CHAT).with("User-Agent: " + VICTIM_KEY).served());
  }

  /** Tokens that say who their bearer is, and that nobody has signed. */
  private static Stream<Hostile> claims() {
    String none = base64("{\"alg\":\"none\"}");
    return Stream.of(
            "{\"sub\":\"" + KEY + "\"}",
            "{\"sub\":\"admin\",\"groups\":[\"tollgate-admin\"]}",
            "{\"plan\":\"large\",\"roles\":[\"large\"]}",
            "{".repeat(2000),
            "not JSON")
        .map(claims -> none + "." + base64(claims) + ".")
        .map(token -> anonymous().with("Authorization: Bearer " + token).refused());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** Header lines that no client writes. */
  private static Stream<Hostile> names() {
    Stream<Hostile> odd =
        Stream.of(
                "Host: other.example",
                "Host:",
                "Host : localhost",
                ": x",
                "no colon",
                "Bad Name: 1",
                "X-Bad: a\u0000b",
                "X-Bad: a\u0007b\u001b[31m",
                "X-Bad: a\rX-API-Key: " + VICTIM_KEY,
                "X-Bad: a\nX-API-Key: " + VICTIM_KEY,
                "X-Bad: \u0085\u2028",
                "X-Long: " + "y".repeat(6000),
                "Connection: X-API-Key",
                "Connection: close, X-API-Key",
                "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                "Upgrade: websocket",
                "Expect: 200-ok",
                "Range: bytes=0-18446744073709551615",
                "If-Match: *",
                "If-None-Match: *",
                "Accept: " + "text/html,".repeat(500),
                "Accept: \u0000",
                "Accept-Language: " + "a-".repeat(1000),
                "Accept-Language: x;q=99999999999999999999",
                "Accept-Charset: nonsense",
                "Accept-Encoding: gzip, br, zstd",
                "TE: trailers",
                "Max-Forwards: 0",
                "Content-Language: \u001b",
                "anthropic-version: a\u0000b",
                "anthropic-version: " + "v".repeat(600),
                "anthropic-beta: \u00e4",
                "Sec-Fetch-Site: cross-site",
                "Origin: null",
                "Origin: https://elsewhere.example",
                "Referer: javascript:alert(1)")
            .flatMap(
                line ->
                    Stream.of(CHAT, COMPLETIONS).map(path -> Hostile.post(NAMES, path).with(line)));
    Hostile many =
        IntStream.range(0, 90)
            .boxed()
            .reduce(
                Hostile.post(NAMES, CHAT),
                (request, n) -> request.with("X-" + n + ": " + n),
                (one, other) -> one);
    Hostile more =
        IntStream.range(0, 1000)
            .boxed()
            .reduce(many, (request, n) -> request.with("Y: " + n), (one, other) -> one);
    return Stream.concat(odd, Stream.of(many, more, noHost()));
  }

  private static Hostile noHost() {
    return Hostile.post(NAMES, CHAT).without("Host").json(QUESTION);
  }

  private static Stream<Hostile> cookies() {
    return Stream.of(
            "Cookie: visitor=; visitor=a; visitor=b",
            "Cookie: visitor=\"a;b\"",
            "Cookie: $Version=1; visitor=\"a\\\"; x=b\"",
            "Cookie: =",
            "Cookie: ;;;===;;;",
            "Cookie: visitor",
            "Cookie: visitor=\u0000",
            "Cookie: visitor=" + "c".repeat(5000),
            "Cookie: __Host-visitor=a; __Secure-visitor=b",
            "Cookie: JSESSIONID=../../../etc/passwd",
            "Cookie: " + "a=b; ".repeat(400))
        .flatMap(
            line ->
                Stream.of(
                    Hostile.post("cookie", CHAT).with(line),
                    Hostile.get("cookie", "/gate.svg").without("X-API-Key").with(line)));
  }
}
