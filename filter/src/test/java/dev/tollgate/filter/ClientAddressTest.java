package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

  private final ClientAddress address =
      new ClientAddress(List.of("10.0.0.0/8", "192.0.2.7", "2001:db8:ffff::/48"));

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        // peer, X-Forwarded-For, client
        "203.0.113.9, '', 203.0.113.9",
        "203.0.113.9, 198.51.100.1, 203.0.113.9",
        "10.1.2.3, '', 10.1.2.3",
        "10.1.2.3, 198.51.100.1, 198.51.100.1",
        "10.1.2.3, '6.6.6.6, 198.51.100.1', 198.51.100.1",
        "10.1.2.3, '6.6.6.6, 198.51.100.1, 10.9.9.9', 198.51.100.1",
        "10.1.2.3, '198.51.100.1,10.9.9.9,192.0.2.7', 198.51.100.1",
        "10.1.2.3, '10.4.4.4, 10.9.9.9', 10.4.4.4",
        "192.0.2.7, 198.51.100.1, 198.51.100.1",
        "192.0.2.8, 198.51.100.1, 192.0.2.8",
        "10.1.2.3, '198.51.100.1, unknown', 10.1.2.3",
        "10.1.2.3, '198.51.100.1, _secret, 10.9.9.9', 10.9.9.9",
        "10.1.2.3, '198.51.100.1, ', 10.1.2.3",
        "10.1.2.3, '6.6.6.6; 198.51.100.1', 10.1.2.3",
        "10.1.2.3, 'localhost', 10.1.2.3",
        "10.1.2.3, 198.51.100.1:4711, 198.51.100.1",
        "10.1.2.3, '[2001:db8:1:2::5]:443', 2001:db8:1:2::/64",
        "10.1.2.3, ::ffff:198.51.100.1, 198.51.100.1",
        "::ffff:10.1.2.3, 198.51.100.1, 198.51.100.1",
        "2001:db8:ffff:1::9, 198.51.100.1, 198.51.100.1",
        "2001:db8:fffe:1::9, 198.51.100.1, 2001:db8:fffe:1::/64",
      })
  void theClientIsTheRightmostAddressThatIsNoProxys(
      String peer, String forwardedFor, String client) {
    assertThat(address.find(peer, List.of(forwardedFor)).map(ClientAddress::name)).contains(client);
  }

  @Test
  void severalHeadersAreOneList() {
    assertThat(
            address
                .find("10.0.0.1", List.of("6.6.6.6", "198.51.100.1", "10.0.0.2"))
                .map(ClientAddress::name))
        .contains("198.51.100.1");
  }

  @Test
  void onlySoManyHopsAreLookedAt() {
    String hops = "198.51.100.1" + ", 10.0.0.5".repeat(ClientAddress.MAX_HOPS);
    assertThat(address.find("10.0.0.1", List.of(hops)).map(ClientAddress::name))
        .contains("10.0.0.5");
    List<String> many = IntStream.range(0, 1000).mapToObj(i -> "10.0.0.6").toList();
    assertThat(address.find("10.0.0.1", many).map(ClientAddress::name)).contains("10.0.0.6");
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
    "2001:DB8:1:2::1, 2001:db8:1:2::/64",
    "fe80::1%eth0, fe80:0:0:0::/64",
    "::1, 0:0:0:0::/64",
    "[::1], 0:0:0:0::/64",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::ffff:c000:201, 192.0.2.1",
    "192.0.2.1, 192.0.2.1",
    "255.255.255.255, 255.255.255.255",
  })
  void everyFormOfAnAddressHasOneName(String literal, String name) {
    assertThat(ClientAddress.parse(literal).map(ClientAddress::name)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "127.1",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        "0x7f.0.0.1",
        "localhost",
        "example.com",
        "::g",
        ":",
        ":::",
        "1:2:3",
        "[::1",
        "%",
        "::1:",
        "a",
        "abcd"
      })
  void whatIsNoAddressIsNone(String text) {
    assertThat(ClientAddress.parse(text)).isEmpty();
    assertThat(address.find(text, List.of("1.2.3.4"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "proxy", "::/129", "/8", ""})
  void aMalformedProxyIsNamed(String proxy) {
    assertThatThrownBy(() -> new ClientAddress(List.of(proxy)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + proxy + "'")
        .hasMessageContaining("write it as");
  }

  @Test
  void aBlockOfNoBitsHoldsAllOfItsFamily() {
    ClientAddress trusting = new ClientAddress(List.of("0.0.0.0/0"));
    assertThat(trusting.find("203.0.113.1", List.of("6.6.6.6")).map(ClientAddress::name))
        .contains("6.6.6.6");
    assertThat(trusting.find("2001:db8::1", List.of("6.6.6.6")).map(ClientAddress::name))
        .contains("2001:db8:0:0::/64");
  }
}
