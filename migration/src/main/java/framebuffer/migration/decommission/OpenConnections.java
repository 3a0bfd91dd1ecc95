package framebuffer.migration.decommission;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Counts the clients of a service on this machine, in the tables of Linux (proc(5), /proc/net/tcp). */
public final class OpenConnections {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final String ESTABLISHED = "01";

    private OpenConnections() {
    }

    /** The number of established connections to the service; empty: it is on another machine, or this machine does not tell. */
    public static OptionalLong to(URI service) {
        try {
            InetAddress address = InetAddress.getByName(service.getHost());
            if (!address.isLoopbackAddress() && NetworkInterface.getByInetAddress(address) == null) {
                return OptionalLong.empty();
            }
            long count = 0;
            for (Path table : TABLES) {
                if (Files.isReadable(table)) {
                    count += count(Files.readAllLines(table), service.getPort());
                }
            }
            return Files.isReadable(TABLES.getFirst()) ? OptionalLong.of(count) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static long count(List<String> table, int port) {
        String local = ":%04X".formatted(port);
        return table.stream().map(line -> line.strip().split("\\s+", STATE + 2))
                .filter(cells -> cells.length > STATE && cells[LOCAL_ADDRESS].endsWith(local)
                        && cells[STATE].equals(ESTABLISHED))
                .count();
    }
}
