package dev.tollgate.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:6440:1::1",
        "2002:c000:c0::1",
        "2002:c612:1::1",
        "2002:c613:ffff::1",
        "2002:f000:1::1",
        "2002:ffff:ffff::1",
        "64:ff9b::6440:1",
        "64:ff9b::f000:1",
        "64:ff9b:1::808:808",
        "64:ff9b:1:ffff::1",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "240.0.0.1",
        "198.19.255.255",
        "100.127.255.255",
        "192.0.0.1",
        "fd00:ec2::254",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void isNotPublic(String address) throws UnknownHostException {
    assertThat(PublicAddress.isPublic(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "64:ff9b:2::1",
        "2001:4860:4860::8888",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111"
      })
  void isPublic(String address) throws UnknownHostException {
    assertThat(PublicAddress.isPublic(InetAddress.getByName(address))).isTrue();
  }
}
