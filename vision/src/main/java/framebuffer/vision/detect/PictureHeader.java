package framebuffer.vision.detect;

import java.nio.ByteBuffer;

/** The size in a picture's file header, read before decoding: a file of a few bytes may declare gigabytes. */
record PictureHeader(int width, int height) {
    private static final long PNG = 0x89504E470D0A1A0AL;
    private static final int PNG_SIZE_AT = 16;
    private static final int PNG_HEADER = 24;
    private static final int JPEG = 0xFFD8;
    private static final int JPEG_FRAME_HEADER = 9;

    /**
     * Parses the header of a JPEG or PNG file.
     *
     * @throws UndecodablePicture when the file is neither, or truncated
     */
    static PictureHeader of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (file.length >= PNG_HEADER && bytes.getLong(0) == PNG) {
            return new PictureHeader(bytes.getInt(PNG_SIZE_AT), bytes.getInt(PNG_SIZE_AT + 4));
        }
        if (file.length > 2 && Short.toUnsignedInt(bytes.getShort(0)) == JPEG) {
            return jpeg(bytes);
        }
        throw new UndecodablePicture("neither JPEG nor PNG in " + file.length + " bytes");
    }

    /** Skips segments up to the start of the frame. */
    private static PictureHeader jpeg(ByteBuffer bytes) {
        int at = 2;
        while (at + JPEG_FRAME_HEADER <= bytes.limit() && bytes.get(at) == (byte) 0xFF) {
            int marker = Byte.toUnsignedInt(bytes.get(at + 1));
            if (beginsPicture(marker)) {
                return new PictureHeader(Short.toUnsignedInt(bytes.getShort(at + 7)),
                        Short.toUnsignedInt(bytes.getShort(at + 5)));
            }
            // A fill byte, or a segment with its length after the marker.
            at += marker == 0xFF ? 1 : 2 + Short.toUnsignedInt(bytes.getShort(at + 2));
        }
        throw new UndecodablePicture("a JPEG without a picture");
    }

    /** Markers C0 to CF, except tables (C4, CC) and the reserved marker (C8). */
    private static boolean beginsPicture(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /** The number of pixels; 0 if the header is invalid. */
    long pixels() {
        return width <= 0 || height <= 0 ? 0 : (long) width * height;
    }
}
