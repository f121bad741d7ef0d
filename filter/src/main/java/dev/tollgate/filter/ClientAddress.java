package dev.tollgate.filter;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the address of the client behind trusted proxies. Immutable.
 *
 * <p>Each proxy appends the address it was called from to {@code X-Forwarded-For}. Only what
 * trusted proxies appended is true, so the client is the rightmost address that is not one of
 * theirs; what stands left of it anybody can have written. An entry that is no address ends the
 * search at the proxy that appended it.
 */
final class ClientAddress {

  /** Proxies on the way of one request; what stands left of so many is not looked at. */
  static final int MAX_HOPS = 32;

  private static final int IPV6_NETWORK_BITS = 64;
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern WITH_PORT =
      Pattern.compile("\\[([^\\]]*)\\](?::\\d{1,5})?|([\\d.]+):\\d{1,5}");

  private final List<AddressBlock> proxies;

  /**
   * @param trustedProxies addresses and blocks of them
   * @throws IllegalArgumentException when one is malformed
   */
  ClientAddress(List<String> trustedProxies) {
    proxies = trustedProxies.stream().map(AddressBlock::of).toList();
  }

  /**
   * The client's address; empty when the peer has none.
   *
   * @param peer the address at the other end of the connection
   * @param forwardedFor the values of {@code X-Forwarded-For} in order
   */
  Optional<InetAddress> find(String peer, List<String> forwardedFor) {
    return parse(peer).map(address -> behind(address, forwardedFor));
  }

  private InetAddress behind(InetAddress peer, List<String> forwardedFor) {
    if (!isTrusted(peer)) {
      return peer;
    }
    String[] hops = String.join(",", forwardedFor).split(",", -1);
    InetAddress nearest = peer;
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS); i--) {
      Optional<InetAddress> hop = parse(hops[i].strip());
      if (hop.isEmpty()) {
        return nearest;
      }
      nearest = hop.get();
      if (!isTrusted(nearest)) {
        return nearest;
      }
    }
    return nearest;
  }

  private boolean isTrusted(InetAddress address) {
    return proxies.stream().anyMatch(block -> block.contains(address));
  }

  /** Names the client: an IPv4 address, or the /64 that an IPv6 client has to itself. */
  static String name(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    String network = mask(address, IPV6_NETWORK_BITS).getHostAddress();
    return network.replaceFirst("(:0){4}$", "::/" + IPV6_NETWORK_BITS);
  }

  /** The address that a literal stands for, without its zone and port; no name is looked up. */
  static Optional<InetAddress> parse(String literal) {
    Matcher withPort = WITH_PORT.matcher(literal);
    if (withPort.matches()) {
      return parse(withPort.group(1) != null ? withPort.group(1) : withPort.group(2));
    }
    int zone = literal.indexOf('%');
    String address = zone < 0 ? literal : literal.substring(0, zone);
    boolean isLiteral =
        address.indexOf(':') >= 0
            ? IPV6.matcher(address).matches()
            : IPV4.matcher(address).matches();
    try {
      return isLiteral ? Optional.of(InetAddress.getByName(address)) : Optional.empty();
    } catch (UnknownHostException malformed) {
      return Optional.empty();
    }
  }

  /** The address with all but its first bits set to zero. */
  static InetAddress mask(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    int whole = bits / 8;
    if (whole < bytes.length) {
      bytes[whole] &= (byte) (0xff << (8 - bits % 8));
      Arrays.fill(bytes, whole + 1, bytes.length, (byte) 0);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
    }
  }
}
