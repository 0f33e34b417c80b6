using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keten.Oprf;

/// <summary>
/// The few functions of OpenSSL 3 that multiply a point: those that its ECDH ends in as well, without the three other multiplications that an agreement
/// through .NET spends on checks this library makes itself. Their time does not depend on the number.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";
    private const int NidP256 = 415;
    private const int ConstantTime = 4;
    private const int Uncompressed = 4;

    /// <summary>0x04, x, y.</summary>
    public const int PointBytes = 65;

    // For the life of the process; OpenSSL only reads it.
    private static readonly nint Group = Open();

    /// <summary>False on a machine without this library: Windows, macOS, or another version of OpenSSL.</summary>
    public static bool IsPresent => Group != 0;

    /// <summary>A secret number in OpenSSL's memory, overwritten when disposed.</summary>
    public sealed class SecretNumber() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        public static SecretNumber Of(ReadOnlySpan<byte> bytes)
        {
            var number = new SecretNumber();
            number.SetHandle(ReadNumber(in MemoryMarshal.GetReference(bytes), bytes.Length, 0));
            if (number.IsInvalid)
            {
                throw new InsufficientMemoryException("OpenSSL could not take a number.");
            }

            SetFlags(number, ConstantTime);
            return number;
        }

        protected override bool ReleaseHandle()
        {
            FreeNumber(handle);
            return true;
        }
    }

    /// <summary>number·P, or number·G for an empty <paramref name="point"/>. False when OpenSSL refuses the point, or the product is the identity.</summary>
    public static bool TryMultiply(SecretNumber number, ReadOnlySpan<byte> point, Span<byte> product)
    {
        nint q = NewPoint(Group), r = NewPoint(Group);
        try
        {
            return q != 0 && r != 0
                && (point.IsEmpty
                    ? MultiplyGenerator(Group, r, number, 0, 0, 0)
                    : ReadPoint(Group, q, in MemoryMarshal.GetReference(point), point.Length, 0) == 1 ? Multiply(Group, r, 0, q, number, 0) : 0) == 1
                && WritePoint(Group, r, Uncompressed, ref MemoryMarshal.GetReference(product), product.Length, 0) == PointBytes;
        }
        finally
        {
            FreePoint(q);
            FreePoint(r);
        }
    }

    private static nint Open() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, typeof(LibCrypto).Assembly, DllImportSearchPath.System32, out _) ? NewGroup(NidP256) : 0;

    [LibraryImport(Library, EntryPoint = "EC_GROUP_new_by_curve_name"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint NewGroup(int nid);

    [LibraryImport(Library, EntryPoint = "EC_POINT_new"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint NewPoint(nint group);

    // Of null it does nothing.
    [LibraryImport(Library, EntryPoint = "EC_POINT_clear_free"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void FreePoint(nint point);

    [LibraryImport(Library, EntryPoint = "EC_POINT_oct2point"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ReadPoint(nint group, nint point, in byte bytes, nint length, nint context);

    [LibraryImport(Library, EntryPoint = "EC_POINT_point2oct"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint WritePoint(nint group, nint point, int form, ref byte bytes, nint length, nint context);

    [LibraryImport(Library, EntryPoint = "EC_POINT_mul"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Multiply(nint group, nint result, nint ofGenerator, nint point, SecretNumber number, nint context);

    [LibraryImport(Library, EntryPoint = "EC_POINT_mul"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int MultiplyGenerator(nint group, nint result, SecretNumber ofGenerator, nint point, nint number, nint context);

    [LibraryImport(Library, EntryPoint = "BN_bin2bn"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint ReadNumber(in byte bytes, int length, nint into);

    [LibraryImport(Library, EntryPoint = "BN_set_flags"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void SetFlags(SecretNumber number, int flags);

    [LibraryImport(Library, EntryPoint = "BN_clear_free"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void FreeNumber(nint number);
}
