package dev.tollgate.store.redis;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreContract;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/** The contract on servers that the system has installed: another Redis, and Valkey. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.tollgate.store.redis.LocalRedis#installable")
class InstalledServersTest extends StoreContract {

  @Parameter String name;

  private static LocalRedis server;
  private static Jedis client;

  @BeforeParameterizedClassInvocation
  static void start(String name) {
    Optional<String> program = LocalRedis.installed(name);
    if (program.isEmpty()) {
      System.out.println(name + " is not installed, so the contract is not tried on it");
    }
    Assumptions.assumeTrue(program.isPresent(), () -> name + " is not installed");
    server = LocalRedis.startProgram(program.orElseThrow());
    client = server.client();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (server != null) {
      client.close();
      server.close();
    }
  }

  @Override
  protected Store open() {
    return Stores.openWithHandClock(server.uri());
  }

  @Override
  protected void setClock(Instant now) {
    Stores.setClock(client, now);
  }
}
