package framebuffer.orchestrator.api;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets this process may have open at once ({@code ulimit -n}), and how many it has. */
record FileDescriptors(long limit, long open) {
    /** For connections to Redis, to health endpoints and for files, which are opened after the start. */
    private static final int RESERVED = 64;
    private static final int AT_LEAST = 16;

    static FileDescriptors now() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? new FileDescriptors(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
                : new FileDescriptors(Integer.MAX_VALUE, 0);
    }

    /** How many of the connections that are wanted there is room for: a listener that gets no descriptor takes no connection any more. */
    int connections(int wanted) {
        return (int) Math.min(wanted, Math.max(AT_LEAST, limit - open - RESERVED));
    }
}
