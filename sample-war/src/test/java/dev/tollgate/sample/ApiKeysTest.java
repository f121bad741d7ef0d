package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.HashKey;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

  private static final HashKey HASH_KEY = hashKey("a secret of the tests");

  @Test
  void findsTheTierOfAKey() {
    ApiKeys keys = ApiKeys.parse("demo-free:free, demo-pro:pro", HASH_KEY);
    assertThat(keys.find("demo-free").orElseThrow().tier()).isEqualTo("free");
    assertThat(keys.find("demo-pro").orElseThrow().tier()).isEqualTo("pro");
    assertThat(keys.tiers()).containsExactlyInAnyOrder("free", "pro");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "demo", "demo-fre", "demo-freee", "DEMO-FREE", "demo-free:free", "é"})
  void doesNotFindOtherKeys(String key) {
    assertThat(ApiKeys.parse("demo-free:free", HASH_KEY).find(key)).isEmpty();
  }

  @Test
  void namesHoldersByAHashThatDependsOnTheHashKeyAlone() {
    String id = id("one:free, demo-free:free", HASH_KEY);
    assertThat(id).matches("holder-[0-9a-f]{12}").isEqualTo(id("demo-free:pro", HASH_KEY));
    assertThat(id).isNotEqualTo(id("demo-free:free", hashKey("another secret of the tests")));
  }

  @Test
  void takesColonsInKeys() {
    assertThat(ApiKeys.parse("a:b:pro", HASH_KEY).find("a:b").orElseThrow().tier())
        .isEqualTo("pro");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | entry 1 is not of the form key:tier",
        "secret | entry 1 is not of the form key:tier",
        "secret: | entry 1 is not of the form key:tier",
        ":free | entry 1 is not of the form key:tier",
        "secret:free, | entry 2 is not of the form key:tier",
        "secret:free, secret:pro | the key of entry 2 is there twice",
      })
  void refusesOtherFormsWithoutShowingAKey(String text, String message) {
    assertThatThrownBy(() -> ApiKeys.parse(text, HASH_KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void holdsAtMostAThousandKeys() {
    assertThat(ApiKeys.parse(keys(1000), HASH_KEY).find("k999")).isPresent();
    assertThatThrownBy(() -> ApiKeys.parse(keys(1001), HASH_KEY))
        .hasMessage("there are more than 1000 keys");
  }

  private static String keys(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "k" + i + ":free")
        .collect(Collectors.joining(","));
  }

  private static String id(String keys, HashKey hashKey) {
    return ApiKeys.parse(keys, hashKey).find("demo-free").orElseThrow().id();
  }

  private static HashKey hashKey(String secret) {
    return new HashKey(secret.getBytes(StandardCharsets.UTF_8));
  }
}
