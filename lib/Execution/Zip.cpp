//===- Zip.cpp - Archives, as far as .npz needs ---------------------------===//
//
// Part of sparse-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Zip.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <zlib.h>

using namespace llvm;
using namespace sopt;

// Signatures and sizes of the records, from PKWARE's APPNOTE.TXT 6.3.10.
static constexpr uint32_t localSignature = 0x04034b50;
static constexpr uint32_t centralSignature = 0x02014b50;
static constexpr uint32_t endSignature = 0x06054b50;
static constexpr uint32_t end64Signature = 0x06064b50;
static constexpr uint32_t locator64Signature = 0x07064b50;
static constexpr uint64_t localSize = 30, centralSize = 46, endSize = 22;
static constexpr uint64_t end64Size = 56, locator64Size = 20;

/// In a 16 or 32 bit field: see the 64 bit one.
static constexpr uint16_t ask64Short = 0xffff;
static constexpr uint32_t ask64 = 0xffffffff;

static constexpr uint16_t stored = 0, deflated = 8;

/// Deflate spends at least one bit on 258 bytes, twice over.
static constexpr uint64_t largestRatio = 1032;

namespace {
/// Reads little-endian numbers anywhere in a file that may be damaged: a number
/// outside reads as zero, which no signature is.
class Bytes {
public:
  explicit Bytes(StringRef all) : all(all) {}

  template <typename T> T read(uint64_t offset) const {
    if (!holds(offset, sizeof(T)))
      return 0;
    return support::endian::read<T, endianness::little>(all.data() + offset);
  }
  bool holds(uint64_t offset, uint64_t size) const {
    return offset <= all.size() && size <= all.size() - offset;
  }
  StringRef slice(uint64_t offset, uint64_t size) const {
    return holds(offset, size) ? all.substr(offset, size) : StringRef();
  }
  uint64_t size() const { return all.size(); }

private:
  StringRef all;
};

/// What the central directory says of an entry.
struct Member {
  StringRef name;
  uint16_t flags, method;
  uint32_t crc;
  uint64_t packedSize, size, localOffset;
  uint64_t next; ///< Where the record ends.
};

struct Directory {
  uint64_t offset, count;
};
} // namespace

template <typename... Args>
static Error makeError(const char *format, Args... args) {
  return createStringError(inconvertibleErrorCode(), format, args...);
}

static Expected<Directory> findDirectory(const Bytes &file) {
  // A comment of at most 64 KiB may follow the record.
  for (uint64_t back = endSize; back <= file.size() && back <= endSize + 0xffff;
       ++back) {
    uint64_t end = file.size() - back;
    if (file.read<uint32_t>(end) != endSignature)
      continue;
    Directory found{file.read<uint32_t>(end + 16),
                    file.read<uint16_t>(end + 10)};
    if (found.offset != ask64 && found.count != ask64Short)
      return found;
    if (end < locator64Size ||
        file.read<uint32_t>(end - locator64Size) != locator64Signature)
      return found;
    uint64_t end64 = file.read<uint64_t>(end - locator64Size + 8);
    if (file.read<uint32_t>(end64) != end64Signature)
      break;
    return Directory{file.read<uint64_t>(end64 + 48),
                     file.read<uint64_t>(end64 + 32)};
  }
  return makeError("not a .npz (zip) archive");
}

/// Replaces the sizes that do not fit in 32 bits by those of the extra field.
static void readSizes64(const Bytes &file, uint64_t offset, uint64_t size,
                        Member &member) {
  for (uint64_t end = offset + size; offset + 4 <= end;) {
    uint16_t id = file.read<uint16_t>(offset);
    uint16_t length = file.read<uint16_t>(offset + 2);
    offset += 4;
    if (id == 1) {
      for (uint64_t *field :
           {&member.size, &member.packedSize, &member.localOffset})
        if (*field == ask64) {
          *field = file.read<uint64_t>(offset);
          offset += 8;
        }
      return;
    }
    offset += length;
  }
}

static Expected<Member> readMember(const Bytes &file, uint64_t offset) {
  if (!file.holds(offset, centralSize) ||
      file.read<uint32_t>(offset) != centralSignature)
    return makeError("the archive's directory is damaged");
  Member member;
  member.flags = file.read<uint16_t>(offset + 8);
  member.method = file.read<uint16_t>(offset + 10);
  member.crc = file.read<uint32_t>(offset + 16);
  member.packedSize = file.read<uint32_t>(offset + 20);
  member.size = file.read<uint32_t>(offset + 24);
  uint64_t nameSize = file.read<uint16_t>(offset + 28);
  uint64_t extraSize = file.read<uint16_t>(offset + 30);
  uint64_t commentSize = file.read<uint16_t>(offset + 32);
  member.localOffset = file.read<uint32_t>(offset + 42);
  member.name = file.slice(offset + centralSize, nameSize);
  uint64_t extra = offset + centralSize + nameSize;
  readSizes64(file, extra, extraSize, member);
  member.next = extra + extraSize + commentSize;
  return member;
}

/// The bytes of a member as they lie in the archive.
static Expected<StringRef> findPacked(const Bytes &file, const Member &member) {
  uint64_t local = member.localOffset;
  if (!file.holds(local, localSize) ||
      file.read<uint32_t>(local) != localSignature)
    return makeError("entry '%s' is not where the directory says",
                     member.name.str().c_str());
  uint64_t start = local + localSize + file.read<uint16_t>(local + 26) +
                   file.read<uint16_t>(local + 28);
  if (!file.holds(start, member.packedSize))
    return makeError("entry '%s' is cut off", member.name.str().c_str());
  return file.slice(start, member.packedSize);
}

static bool inflateTo(StringRef packed, std::vector<char> &bytes) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  // zlib counts in 32 bits: feed it in pieces.
  constexpr uint64_t piece = uint64_t(1) << 30;
  uint64_t read = 0, written = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    auto in = std::min(piece, packed.size() - read);
    auto out = std::min(piece, bytes.size() - written);
    stream.next_in =
        reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + read));
    stream.next_out = reinterpret_cast<Bytef *>(bytes.data() + written);
    stream.avail_in = uInt(in);
    stream.avail_out = uInt(out);
    status = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += out - stream.avail_out;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && written == bytes.size();
}

static uint32_t computeCrc(ArrayRef<char> bytes) {
  return uint32_t(
      crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
}

static Expected<ZipEntry> unpack(const Bytes &file, const Member &member) {
  ZipEntry entry{member.name.str(), {}};
  const char *name = entry.name.c_str();
  Expected<StringRef> packed = findPacked(file, member);
  if (!packed)
    return packed.takeError();
  if (member.flags & 1)
    return makeError("entry '%s' is encrypted", name);
  if (member.method == stored && member.size == packed->size()) {
    entry.bytes.assign(packed->begin(), packed->end());
  } else if (member.method == deflated) {
    if (member.size / largestRatio > packed->size())
      return makeError("entry '%s' claims an impossible size", name);
    entry.bytes.resize(member.size);
    if (!inflateTo(*packed, entry.bytes))
      return makeError("entry '%s' is damaged", name);
  } else {
    return makeError("entry '%s' is neither stored nor deflated", name);
  }
  if (computeCrc(entry.bytes) != member.crc)
    return makeError("entry '%s' is damaged (its checksum differs)", name);
  return entry;
}

Expected<std::vector<ZipEntry>> sopt::readZip(StringRef archive) {
  Bytes file(archive);
  Expected<Directory> directory = findDirectory(file);
  if (!directory)
    return directory.takeError();
  std::vector<ZipEntry> entries;
  uint64_t offset = directory->offset, packed = 0;
  for (uint64_t i = 0; i < directory->count; ++i) {
    Expected<Member> member = readMember(file, offset);
    if (!member)
      return member.takeError();
    // Else a small archive could hold one large entry thousands of times.
    packed = SaturatingAdd(packed, member->packedSize);
    if (packed > file.size())
      return makeError("the archive's entries overlap");
    Expected<ZipEntry> entry = unpack(file, *member);
    if (!entry)
      return entry.takeError();
    entries.push_back(std::move(*entry));
    offset = member->next;
  }
  return entries;
}

//===----------------------------------------------------------------------===//
// Writing: always with 64 bit sizes, so that there is one form
//===----------------------------------------------------------------------===//

namespace {
/// Appends little-endian numbers.
struct Writer {
  std::string out;

  template <typename T> void put(T value) {
    char bytes[sizeof(T)];
    support::endian::write<T, endianness::little>(bytes, value);
    out.append(bytes, sizeof(T));
  }
  void put16(std::initializer_list<uint16_t> values) {
    for (uint16_t value : values)
      put(value);
  }
  void put32(std::initializer_list<uint32_t> values) {
    for (uint32_t value : values)
      put(value);
  }
  void put64(std::initializer_list<uint64_t> values) {
    for (uint64_t value : values)
      put(value);
  }
};
} // namespace

/// "Needs version 4.5", which knows 64 bits.
static constexpr uint16_t version = 45;
/// The 1st of January 1980, the earliest there is.
static constexpr uint16_t date = 0x21;

static void writeLocal(Writer &to, const ZipEntry &entry, uint32_t crc) {
  to.put32({localSignature});
  to.put16({version, 0, stored, 0, date});
  to.put32({crc, ask64, ask64});
  to.put16({uint16_t(entry.name.size()), 20});
  to.out += entry.name;
  to.put16({1, 16});
  to.put64({entry.bytes.size(), entry.bytes.size()});
  to.out.append(entry.bytes.data(), entry.bytes.size());
}

static void writeCentral(Writer &to, const ZipEntry &entry, uint32_t crc,
                         uint64_t localOffset) {
  to.put32({centralSignature});
  to.put16({version, version, 0, stored, 0, date});
  to.put32({crc, ask64, ask64});
  to.put16({uint16_t(entry.name.size()), 28, 0, 0, 0});
  to.put32({0, ask64});
  to.out += entry.name;
  to.put16({1, 24});
  to.put64({entry.bytes.size(), entry.bytes.size(), localOffset});
}

static void writeEnd(Writer &to, uint64_t count, uint64_t start) {
  uint64_t end = to.out.size();
  to.put32({end64Signature});
  to.put64({end64Size - 12});
  to.put16({version, version});
  to.put32({0, 0});
  to.put64({count, count, end - start, start});
  to.put32({locator64Signature, 0});
  to.put64({end});
  to.put32({1, endSignature});
  to.put16({0, 0, ask64Short, ask64Short});
  to.put32({ask64, ask64});
  to.put16({0});
}

std::string sopt::writeZip(ArrayRef<ZipEntry> entries) {
  Writer to;
  std::vector<std::pair<uint64_t, uint32_t>> places;
  for (const ZipEntry &entry : entries) {
    uint32_t crc = computeCrc(entry.bytes);
    places.emplace_back(to.out.size(), crc);
    writeLocal(to, entry, crc);
  }
  uint64_t start = to.out.size();
  for (auto [entry, place] : llvm::zip_equal(entries, places))
    writeCentral(to, entry, place.second, place.first);
  writeEnd(to, entries.size(), start);
  return std::move(to.out);
}
