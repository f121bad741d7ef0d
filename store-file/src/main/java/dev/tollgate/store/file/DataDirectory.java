package dev.tollgate.store.file;

import dev.tollgate.store.UnusableStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory that belongs to one store at a time: a lock, which ends with the process, and the
 * numbered segments. Not thread-safe.
 *
 * <p>A process that closes any channel of the lock's file loses its lock of it. So who has a
 * directory open is also noted within the process, where all class loaders see it, and the file is
 * not touched before that is known.
 */
final class DataDirectory implements AutoCloseable {

  private static final Pattern SEGMENT = Pattern.compile("(\\d{8,18})\\.log");
  private static final int MAX_OWNER_BYTES = 32;

  /** The beginning of the name of the system property that an open directory has. */
  private static final String OPEN = "dev.tollgate.store.file.open:";

  private final Path path;
  private final String note;
  private final FileChannel lock;

  private DataDirectory(Path path, String note, FileChannel lock) {
    this.path = path;
    this.note = note;
    this.lock = lock;
  }

  /**
   * Makes the directory if there is none, for the user of the process alone, and locks it.
   *
   * @throws UnusableStoreException when it cannot be written, or another store has it
   */
  static DataDirectory open(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute, ownersOnly(absolute));
      return openAlone(absolute, OPEN + absolute.toRealPath());
    } catch (FileAlreadyExistsException file) {
      throw new UnusableStoreException(
          absolute + " is a file", "name a directory, or a place for a new one", file);
    } catch (IOException unwritable) {
      throw unwritable(absolute, unwritable);
    }
  }

  private static DataDirectory openAlone(Path path, String note) throws IOException {
    if (System.getProperties().putIfAbsent(note, "true") != null) {
      throw inUse(path, "this process, in another application or an earlier deployment");
    }
    try {
      return new DataDirectory(path, note, lock(path));
    } catch (IOException | UnusableStoreException unlocked) {
      System.clearProperty(note);
      throw unlocked;
    }
  }

  static UnusableStoreException unwritable(Path path, IOException reason) {
    return new UnusableStoreException(
        path + " cannot be written: " + describe(reason),
        "give the server's user the right to write there, name another directory, or use memory:",
        reason);
  }

  /** What went wrong; the JDK tells of some failures by nothing but the path. */
  static String describe(IOException reason) {
    return reason instanceof AccessDeniedException ? "permission denied" : reason.toString();
  }

  private static FileAttribute<?>[] ownersOnly(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(path, owner(channel));
      }
      byte[] owner = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0).write(ByteBuffer.wrap(owner));
      return channel;
    } catch (IOException | UnusableStoreException unlocked) {
      channel.close();
      throw unlocked;
    }
  }

  private static UnusableStoreException inUse(Path path, String owner) {
    return new UnusableStoreException(
        path + " is in use by " + owner,
        "stop that one, or give each its own directory; processes that share limits use redis:");
  }

  private static String owner(FileChannel lock) throws IOException {
    ByteBuffer owner = ByteBuffer.allocate(MAX_OWNER_BYTES);
    lock.read(owner, 0);
    String id = new String(owner.array(), 0, owner.position(), StandardCharsets.UTF_8);
    return id.matches("\\d+") ? "process " + id : "another process";
  }

  Path path() {
    return path;
  }

  Path segment(long number) {
    return path.resolve("%08d.log".formatted(number));
  }

  /** The segments by number. */
  NavigableMap<Long, Path> segments() throws IOException {
    NavigableMap<Long, Path> segments = new TreeMap<>();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (name.matches()) {
          segments.put(Long.valueOf(name.group(1)), file);
        }
      }
    }
    return segments;
  }

  /** Makes new and deleted names survive a power failure, where directories can be opened. */
  void force() throws IOException {
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (AccessDeniedException notOnThisSystem) {
      // Windows opens no directories, and keeps names by itself
      return;
    }
  }

  long usableBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      System.clearProperty(note);
    }
  }
}
