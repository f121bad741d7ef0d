package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.util.JedisClusterCRC16;

class NamesTest {

  private static final List<String> STRANGE =
      List.of(
          "{", "}", "{}", "a{b}c", "%", "%007b", " ", "a b", "\n", "ä", "\ud800", "?", "\u007f");

  @ParameterizedTest
  @ValueSource(strings = {"alice", "a{b}c", "}{", "{}", "{}x", " "})
  void allKeysOfAnAccountShareASlot(String account) {
    Names names = Names.of(account);
    assertThat(names.all()).hasSize(6).doesNotHaveDuplicates();
    assertThat(names.all().stream().map(JedisClusterCRC16::getSlot)).containsOnly(names.slot());
  }

  @Test
  void differentNamesStayDifferentAndAreOneWord() {
    Stream<String> plain = STRANGE.stream().map(Names::plain);
    assertThat(plain.toList()).doesNotHaveDuplicates().allMatch(name -> name.matches("[^\\s{}]+"));
  }
}
