package dev.tollgate.config;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Turns secrets into ids that say nothing about them, by HMAC-SHA-256. Immutable. */
public final class HashKey {

  public static final int MIN_BYTES = 16;
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SHOWN_BYTES = 16;

  private final SecretKeySpec key;

  /**
   * @throws IllegalArgumentException when the key is shorter than {@link #MIN_BYTES}
   */
  public HashKey(byte[] key) {
    if (key.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "a hash key of " + key.length + " bytes is too short: use at least " + MIN_BYTES);
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** A key that nobody knows. */
  static HashKey random(SecureRandom random) {
    byte[] key = new byte[MIN_BYTES];
    random.nextBytes(key);
    return new HashKey(key);
  }

  /** 128 bits of the secret's hash, as 32 hexadecimal digits. */
  public String hash(String secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] hash = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
    }
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "HashKey";
  }
}
