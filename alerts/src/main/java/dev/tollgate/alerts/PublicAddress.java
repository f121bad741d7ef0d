package dev.tollgate.alerts;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Tells addresses of the internet from those of this machine, its networks and its cloud, such as
 * the metadata service at 169.254.169.254. An IPv6 address that stands for an IPv4 one is what that
 * one is; where it does not show which one, it is not public.
 */
final class PublicAddress {

  private static final int IPV4_BYTES = 4;
  private static final int PREFIX_BYTES = 12;
  private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

  /** 64:ff9b:1::/48 of RFC 8215: how it stands for IPv4 addresses is each network's own. */
  private static final byte[] LOCAL_NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 1};

  /** 2001::/32 of RFC 4380: a tunnel to an IPv4 address that it hides. */
  private static final byte[] TEREDO = {0x20, 0x01, 0, 0};

  private PublicAddress() {}

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    return bytes.length == IPV4_BYTES ? isPublic4(bytes) : isPublic6(bytes);
  }

  private static boolean isPublic4(byte[] bytes) {
    int a = bytes[0] & 0xff;
    int b = bytes[1] & 0xff;
    int c = bytes[2] & 0xff;
    boolean carrier = a == 100 && b >= 64 && b < 128;
    boolean assigned = a == 192 && b == 0 && c == 0;
    boolean benchmark = a == 198 && (b == 18 || b == 19);
    return a != 0 && a < 240 && !carrier && !assigned && !benchmark;
  }

  private static boolean isPublic6(byte[] bytes) {
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
    if (uniqueLocal || startsWith(bytes, LOCAL_NAT64) || startsWith(bytes, TEREDO)) {
      return false;
    }
    byte[] prefix = Arrays.copyOf(bytes, PREFIX_BYTES);
    if (Arrays.equals(prefix, new byte[PREFIX_BYTES]) || Arrays.equals(prefix, NAT64)) {
      return isPublic(ipv4(bytes, PREFIX_BYTES));
    }
    boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
    return !sixToFour || isPublic(ipv4(bytes, 2));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static InetAddress ipv4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("four bytes are an address", impossible);
    }
  }
}
