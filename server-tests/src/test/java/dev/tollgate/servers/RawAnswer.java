package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * All that came back over a connection, byte by byte. Immutable.
 *
 * @param text each byte as one character
 */
record RawAnswer(String text) {

  private static final int PATIENCE_MILLIS = 1000;
  private static final int LONGEST_MILLIS = 10_000;
  private static final int MAX_BYTES = 4 << 20;
  private static final int PAUSE_MILLIS = 2;

  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.[01] (\\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n");

  /**
   * Sends a request on a connection of its own and reads until the server closes it. To a server
   * that keeps silent the end of what is sent is told.
   */
  static RawAnswer to(Hostile request, URI server) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setTcpNoDelay(true);
      boolean taken = send(request.bytes(), socket);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.setSoTimeout(request.cut() ? LONGEST_MILLIS : PATIENCE_MILLIS);
      if (request.cut() && taken) {
        socket.shutdownOutput();
      }
      if (!readToEnd(socket, answer) && taken && !request.cut()) {
        socket.shutdownOutput();
        socket.setSoTimeout(LONGEST_MILLIS);
        readToEnd(socket, answer);
      }
      return new RawAnswer(answer.toString(ISO_8859_1));
    }
  }

  /** Whether the server took it all: it may close the connection before. */
  private static boolean send(List<byte[]> pieces, Socket socket) {
    try {
      for (byte[] piece : pieces) {
        socket.getOutputStream().write(piece);
        socket.getOutputStream().flush();
        if (pieces.size() > 2) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
      return true;
    } catch (IOException closed) {
      return false;
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether the server has closed the connection. */
  private static boolean readToEnd(Socket socket, ByteArrayOutputStream answer) {
    byte[] buffer = new byte[8192];
    try {
      while (answer.size() < MAX_BYTES) {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
          return true;
        }
        answer.write(buffer, 0, read);
      }
      return true;
    } catch (SocketTimeoutException silent) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** The statuses of the answers, without those that only say to go on. */
  List<Integer> statuses() {
    return HEAD.matcher(text)
        .results()
        .map(head -> Integer.valueOf(head.group(1)))
        .filter(status -> status >= 200)
        .toList();
  }

  /** Whether nothing came back but errors, or nothing at all. */
  boolean isRefusal() {
    return statuses().stream().allMatch(status -> status >= 400);
  }

  /** The lines of the answers' headers. */
  List<String> headerLines() {
    return HEAD.matcher(text).results().flatMap(head -> head.group(2).lines()).toList();
  }

  /** The first value of a header of the first answer that has it, empty if none has. */
  String header(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return headerLines().stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst()
        .orElse("");
  }

  /** What is not a header. */
  String bodies() {
    return HEAD.matcher(text).replaceAll(RawAnswer::nothing);
  }

  private static String nothing(MatchResult head) {
    return "\n";
  }

  @Override
  public String toString() {
    return text.isEmpty() ? "no answer" : text.substring(0, Math.min(text.length(), 600));
  }
}
