package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollgate.store.Store;
import dev.tollgate.store.UnusableStoreException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

  @TempDir Path temp;

  @Test
  void secondOpenerIsRefusedUntilTheFirstCloses() throws Exception {
    Path data = temp.resolve("new/data");
    try (Store first = Kept.open(data)) {
      Kept.spend(first, "caller", "id", 1);
      assertThatExceptionOfType(UnusableStoreException.class)
          .isThrownBy(() -> Kept.open(data))
          .withMessageContaining(data + " is in use by this process")
          .satisfies(refused -> assertThat(refused.remedy()).contains("its own directory"));
    }
    try (Store second = Kept.open(data)) {
      assertThat(Kept.posted(second, "caller")).isOne();
    }
  }

  /** A process that closes a file loses its locks of it, whoever of it has them. */
  @Test
  void refusedOpenerLeavesTheLockToTheFirst() throws Exception {
    Path data = temp.resolve("data");
    try (Store first = Kept.open(data)) {
      Path alias = Files.createSymbolicLink(temp.resolve("alias"), data);
      for (Path refused : List.of(data, alias)) {
        assertThatExceptionOfType(UnusableStoreException.class)
            .isThrownBy(() -> Kept.open(refused))
            .withMessageContaining(refused + " is in use by this process");
      }
      try (Settler other = Settler.start(data, 1, 1)) {
        other.awaitAcknowledged(1);
        assertThat(other.acknowledged("thread-0")).as("what another process could count").isZero();
      }
      Kept.spend(first, "caller", "id", 1);
    }
  }

  @Test
  void anotherProcessIsNamed() throws Exception {
    Path data = temp.resolve("data");
    try (Settler other = Settler.start(data, 1, 1)) {
      other.awaitAcknowledged(1);
      assertThatExceptionOfType(UnusableStoreException.class)
          .isThrownBy(() -> Kept.open(data))
          .withMessageContaining(data + " is in use by process " + other.pid());
    }
  }

  @Test
  void directoryIsForItsUserAlone() throws Exception {
    Path data = temp.resolve("data");
    Kept.open(data).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
  }

  @Test
  void fileInThePlaceOfADirectoryIsRefused() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));
    assertThatExceptionOfType(UnusableStoreException.class)
        .isThrownBy(() -> Kept.open(file))
        .withMessageContaining(file + " is a file");
    assertThatExceptionOfType(UnusableStoreException.class)
        .isThrownBy(() -> Kept.open(file.resolve("below")))
        .withMessageContaining(file.resolve("below").toString())
        .satisfies(refused -> assertThat(refused.remedy()).contains("name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file://host/data", "file:data?x=1", "file:/data#x"})
  void whatIsNoDirectorysAddressIsRefused(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileStoreFactory.path(URI.create(address)))
        .withMessageContaining("file:tollgate-data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:data", "file:./data", "file:/var/data", "file:///var/data"})
  void relativeAndAbsoluteDirectoriesAreUnderstood(String address) {
    Path path = FileStoreFactory.path(URI.create(address));
    assertThat(path.isAbsolute()).isEqualTo(address.contains("var"));
    assertThat(path.getFileName()).hasToString("data");
  }
}
