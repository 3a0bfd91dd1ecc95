package framebuffer.app.serve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names for instances that were given none. */
final class InstanceNames {
    private static final Logger log = LoggerFactory.getLogger(InstanceNames.class);
    private static final String FILE = "instance-suffix";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{6}");

    private InstanceNames() {
    }

    /**
     * Host, port, and a random part: machines made from one image have the same host name. It is kept in the data folder, so that an
     * instance that starts again goes on with what it held.
     *
     * @param port
     *            0: any, and then nothing says that it is the same instance again
     */
    static String byDefault(Path folder, int port) {
        return host() + '-' + port + '-' + (port == 0 ? random() : kept(folder));
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine that does not know its own name still has a port of its own.
            return "instance";
        }
    }

    private static String kept(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.exists(file)) {
                String before = Files.readString(file).strip();
                if (FORM.matcher(before).matches()) {
                    return before;
                }
            }
            String made = random();
            Files.createDirectories(folder);
            Files.writeString(file, made + '\n');
            return made;
        } catch (IOException e) {
            log.info(
                    "the instance gets a new name at each start, because {} cannot be written ({}); set a name with --instance-id",
                    file.toAbsolutePath(), e.toString());
            return random();
        }
    }

    private static String random() {
        byte[] bytes = new byte[3];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
