package dev.tollgate.filter;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Addresses with a common prefix, such as {@code 10.0.0.0/8}. Immutable.
 *
 * @param network the prefix, followed by zeros
 * @param bits the length of the prefix
 */
record AddressBlock(InetAddress network, int bits) {

  /**
   * @param text an address, or an address and a prefix length after a slash
   * @throws IllegalArgumentException when it is neither
   */
  static AddressBlock of(String text) {
    int slash = text.indexOf('/');
    InetAddress address =
        ClientAddress.parse(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(() -> malformed(text));
    int width = address.getAddress().length * 8;
    int bits = slash < 0 ? width : bits(text, text.substring(slash + 1), width);
    return new AddressBlock(ClientAddress.mask(address, bits), bits);
  }

  private static int bits(String text, String digits, int width) {
    if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > width) {
      throw malformed(text);
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "trusted proxy '"
            + text
            + "' is not an address or a block of addresses: write it as 10.0.0.0/8 or fd00::/8");
  }

  boolean contains(InetAddress address) {
    return address.getAddress().length == network.getAddress().length
        && Arrays.equals(ClientAddress.mask(address, bits).getAddress(), network.getAddress());
  }
}
