package dev.tollgate.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** An address or a CIDR block: {@code 10.0.0.0/8}, {@code ::1}. Never asks a name server. */
final class ProxySyntax {

  static final Syntax<String> ONE = new Syntax<>("10.0.0.0/8 or ::1", ProxySyntax::parse);

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private ProxySyntax() {}

  private static String parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    int bits = bits(address);
    if (slash >= 0) {
      String length = text.substring(slash + 1);
      long prefix = AmountSyntax.whole(length);
      if (prefix < 1 || prefix > bits) {
        throw new IllegalArgumentException(
            "'" + text + "' must have a prefix of 1 to " + bits + " bits");
      }
    }
    return text;
  }

  private static int bits(String address) {
    if (IPV4.matcher(address).matches()) {
      return 32;
    }
    if (IPV6.matcher(address).matches()) {
      try {
        return InetAddress.getByName(address).getAddress().length * 8;
      } catch (UnknownHostException notAnAddress) {
        throw new IllegalArgumentException(
            "'" + address + "' is not an IPv6 address", notAnAddress);
      }
    }
    throw new IllegalArgumentException("'" + address + "' is not an IP address");
  }
}
