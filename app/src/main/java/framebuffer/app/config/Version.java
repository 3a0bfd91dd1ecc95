package framebuffer.app.config;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar. */
public final class Version implements IVersionProvider {
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[]{"frame-buffer " + current()};
    }
}
