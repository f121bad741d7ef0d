package dev.tollgate.servers;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * What those write who would be at another address, behind a proxy at 127.0.0.1 that the
 * application trusts, as it does all of 10.0.0.0/8, and that appends the address it was called
 * from.
 */
final class AddressTricks {

  /** A path whose callers are addresses. */
  static final String PATH = "/gate.svg";

  /** The address that the proxy was called from. */
  static final String CLIENT = "198.51.100.7";

  /** The proxy itself, where it has appended nothing that is an address. */
  static final String PROXY = "127.0.0.1";

  /** An address, as the proxy appends it, of somebody with IPv6. */
  static final String CLIENT_V6 = "2001:db8:1:2:aaaa::1";

  /**
   * A request and who has to pay for it.
   *
   * @param client an address of the caller, in its plain form
   */
  record Case(Hostile request, String client) {}

  private AddressTricks() {}

  static List<Case> all() {
    return Stream.of(forged(), ports(), v6(), broken(), ignored()).flatMap(s -> s).toList();
  }

  private static Case of(String client, String... lines) {
    Hostile request = Hostile.of("address", "GET " + PATH + " HTTP/1.1");
    for (String line : lines) {
      request = request.with(line);
    }
    return new Case(request, client);
  }

  private static Stream<Case> forged() {
    return Stream.of(
            "203.0.113.1",
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "localhost",
            "unknown",
            "_hidden",
            "",
            "203.0.113.1, 203.0.113.2",
            "203.0.113.1,,,",
            ", , ,",
            "198.51.100.7",
            "0.0.0.0",
            "255.255.255.255",
            "999.999.999.999",
            "<script>alert(1)</script>",
            "a\u0000b",
            "\"203.0.113.1\"",
            "203.0.113.1;proto=https",
            String.join(",", Collections.nCopies(400, "203.0.113.9")))
        .flatMap(
            forged ->
                Stream.of(
                    of(CLIENT, "X-Forwarded-For: " + forged + ", " + CLIENT),
                    of(CLIENT, "X-Forwarded-For: " + forged, "X-Forwarded-For: " + CLIENT),
                    of(CLIENT, "x-forwarded-for: " + forged + ", " + CLIENT + ", 10.1.2.3")));
  }

  private static Stream<Case> ports() {
    return Stream.of(
            CLIENT + ":1",
            CLIENT + ":65535",
            " " + CLIENT + " ",
            "\t" + CLIENT,
            "::ffff:" + CLIENT,
            "[::ffff:" + CLIENT + "]:80",
            "::FFFF:c633:6407",
            "0:0:0:0:0:ffff:" + CLIENT)
        .map(form -> of(CLIENT, "X-Forwarded-For: " + form));
  }

  private static Stream<Case> v6() {
    return Stream.of(
            CLIENT_V6,
            "2001:DB8:1:2:AAAA::1",
            "2001:0db8:0001:0002:ffff:ffff:ffff:ffff",
            "[2001:db8:1:2::9]",
            "[2001:db8:1:2::9]:443",
            "2001:db8:1:2::%eth0",
            "2001:db8:1:2::%25eth0",
            "2001:db8:1:2:0:0:198.51.100.7")
        .map(form -> of(CLIENT_V6, "X-Forwarded-For: 203.0.113.1, " + form));
  }

  /** Where the proxy itself has appended nonsense, or nothing, the request is the proxy's. */
  private static Stream<Case> broken() {
    return Stream.of(
            "",
            "unknown",
            "_hidden",
            "203.0.113.1, nonsense",
            "203.0.113.1, 1.2.3",
            "203.0.113.1, 1.2.3.4.5",
            "203.0.113.1, 01.2.3.04.5",
            "203.0.113.1, 0x7f000001",
            "203.0.113.1, 2130706433",
            "203.0.113.1, 1.2.3.256",
            "203.0.113.1, :::1",
            "203.0.113.1, [::1",
            "203.0.113.1, g::1",
            "203.0.113.1, " + "1:".repeat(30),
            "203.0.113.1, example.com",
            "203.0.113.1, \u0661.2.3.4")
        .map(form -> of(PROXY, "X-Forwarded-For: " + form));
  }

  private static Stream<Case> ignored() {
    return Stream.of(
            "X-Real-IP: 203.0.113.5",
            "X-Client-IP: 203.0.113.5",
            "True-Client-IP: 203.0.113.5",
            "CF-Connecting-IP: 203.0.113.5",
            "Fastly-Client-IP: 203.0.113.5",
            "X-Cluster-Client-IP: 203.0.113.5",
            "X-Originating-IP: 203.0.113.5",
            "X-Forwarded: for=203.0.113.5",
            "Forwarded: for=203.0.113.5",
            "Forwarded: for=\"[2001:db8::1]:80\";proto=https",
            "Forwarded: for=_x, for=unknown",
            "X_Forwarded_For: 203.0.113.5",
            "X-Forwarded-For-: 203.0.113.5",
            "Via: 1.1 203.0.113.5",
            "X-Forwarded-Host: 203.0.113.5",
            "Client-IP: 203.0.113.5",
            "X-ProxyUser-Ip: 203.0.113.5")
        .flatMap(
            line -> Stream.of(of(PROXY, line), of(CLIENT, line, "X-Forwarded-For: " + CLIENT)));
  }
}
