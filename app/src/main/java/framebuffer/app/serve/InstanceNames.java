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

/** Creates names for instances without {@code --instance-id}. */
final class InstanceNames {
    private static final Logger log = LoggerFactory.getLogger(InstanceNames.class);
    private static final String FILE = "instance-suffix";
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{6}");

    private InstanceNames() {
    }

    /**
     * Creates a name from host, port and a random part, because machines from one image share a host name. The data folder keeps the name,
     * so that an instance continues with its frames after a restart.
     *
     * @param port 0: any free port; then a restarted instance cannot be recognised
     */
    static String byDefault(Path folder, int port) {
        return host() + '-' + port + '-' + (port == 0 ? random() : kept(folder));
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // Without a host name, the port still distinguishes instances.
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
