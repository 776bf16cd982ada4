"""Twins for the danger rules: the same words, once only told and once happening.

The first of each pair must be no emergency, the second must be one.
"""

from __future__ import annotations

TWINS: dict[str, tuple[str, str]] = {
    "told as past, and now is better": (
        """
tiga tahun lalu saya disiksa majikan di Jeddah, sekarang anak saya sudah kuliah
adik saya dulu dijual ke kapal, sudah pulang dan jadi nelayan lagi
waktu di Oman dulu saya sering dipukul, sekarang punya warung
hatur nuhun pisan, pun lanceuk anu kapungkur dikurung di Dubai ayeuna tos damel di pabrik
nuwun nggih, rencang kulo ingkang rumiyin disekap sampun wangsul, sakniki sadeyan pecel
beta pung mama yang dolo dapa pukul di Kuwait su di kampung, su jualan ikan, terima kasih
dulu pernah coba bunuh diri, sekarang sudah punya anak dua
tiga tahun lalu aku pengen mati, sekarang ketawa kalau ingat
""",
        """
dulu dijanjikan kerja restoran, ternyata saya disekap di ruko
dulu saya kerja di pabrik, sekarang dikurung majikan baru
sejak dulu saya dipukul, sudah tidak tahan
adik saya diculik waktu di Thailand bulan lalu, harus bagaimana kak?
suami saya dijual ke kapal lain minggu lalu, sampai sekarang belum ada kabar
bayar dulu 70 juta baru adik dilepas, makasih
dulu pernah coba bunuh diri, sekarang pikiran itu datang lagi
dulu dipukul terus, sekarang masih dipukul juga
saya berangkat tahun lalu dari Lombok, disekap di kompleks, terima kasih
saya tahun lalu ikut sponsor ke Oman, dikurung majikan, boleh pulang?
""",
    ),
    "an earlier report is asked about": (
        """
laporan saya bulan lalu soal anak yang dikurung agen itu sekarang tahapnya apa
perkara om saya yang pernah dipukul mandor tahun 2017 sudah inkrah belum
sidang pelaku yang nyiram saya pakai air panas kapan putusannya pak
mau tanya kelanjutan aduan nomor 45, itu yang ponakan dulu diancam calo
laporan kakak saya yg disekap di Bavet, orangnya sudah 3 bulan pulang, restitusinya gimana
""",
        """
sudah lapor polisi, anak saya masih disekap
saya sudah lapor KBRI soal adik yang disekap, belum dijawab
laporan saya bagaimana, adik saya masih disekap
ada perkembangan, yang saya lapor disandera itu dikasih waktu sampai besok buat bayar
kasusnya sampai mana kak, dia telepon lagi sambil disiksa
""",
    ),
    "thanks for what was prevented": (
        """
untung cepet lapor di sini, adikku nyaris dijual calo
berkat saran kalian istri saya batal dibawa kabur sponsor
gara gara artikel kalian anak saya selamat dari calo, hampir dijual
kalau bukan karena mbak Rini mungkin saya sudah mati dipukul di Malaysia
untung nanya dulu, kalau tidak saya sudah dijual kali
makasih ya, adikku ga jadi dijual orang
""",
        """
untung hp tidak diambil, saya dikunci di kamar
alhamdulillah bisa kirim pesan, saya disekap di kompleks
semalam saya hampir diperkosa majikan
hampir tiap hari dipukul majikan
terima kasih kak. saya dipukul terus di sini
kalau tidak bayar besok adik saya dijual, terima kasih
""",
    ),
    "fled to a safe place": (
        """
kemarin lari dari majikan, sekarang sudah di shelter KBRI
sudah di KJRI dari kemarin, sebelumnya dipukul majikan
lari lewat jendela minggu lalu, sekarang saya di kantor polisi
""",
        """
saya di KBRI sekarang, tapi teman saya masih disekap di dalam
sudah di shelter, tapi saya mau bunuh diri
lari dari majikan, mau ke KBRI tapi jauh, sembunyi di kebun
lari dari majikan semalam, sekarang di rumah kosong
""",
    ),
    "a word of news in a question": (
        """
emang bener ya di kapal cina banyak yang dipukul
katanya di Libya TKW diculik, makanya ditutup ya
jare tonggo nang Arab wedok akeh sing disiksa, iyo ta?
kata guru orang bisa dijual, betul kah
angka warga yang dipulangkan karena disiksa ada datanya?
""",
        """
apa ada yang bisa bantu, kami disekap di Bavet
kenapa saya dikurung terus ya kak, salah saya apa
apakah boleh majikan mengunci saya dari luar tiap hari?
nanya dong, kalau dikurung majikan 3 hari tanpa makan lapor kemana
ponakan saya telepon, dia dipukuli mandor, apa yang harus saya lakukan?
""",
    ),
    "news and hearsay": (
        """
podcast semalam mantan admin judol cerita disetrum, merinding
baca threads orang kabur dari KK Park, ada yang ditembak
di mimbar dibilang anak gadis desa sebelah dijual mami
orang cerita di angkot, ada yang diculik
hoaks kan yang ginjalnya diambil di Kamboja itu
""",
        """
saya baca berita tentang Kamboja, persis seperti adik saya sekarang, dia disekap
saya lihat loker di facebook, sampai sini malah disekap
tetangga saya dikurung majikannya di Malaysia, dia telepon sambil nangis
saya dengar ada orang dipukul di kamar sebelah
ibu saya cerita lewat telepon dia dipukuli majikan
di grup keluarga dia kirim video, tangannya diikat
""",
    ),
    "school, history, material": (
        """
tugas sejarah: siapa yang ditawan belanda di Boven Digoel
anakku disuruh bikin poster, gambar tangan diborgol boleh?
zaman jepang gadis kampung diculik, itu termasuk TPPO?
wayangan semalam, Kumbakarna dipenthung rame rame
materi kalian tentang orang diculik itu bagus
""",
        """
murid saya kelas 9 dijemput orang tak dikenal mau kerja ke Malaysia
anak saya sekolah SMP dibawa calo tadi malam
katanya cuma pelatihan tapi kami dikunci dan dipukul
""",
    ),
    "imagined and supposed": (
        """
kirain dia disekap, eh hp nya rusak
mertua saya parno, dikira semua agen itu penculik
misal kita dipukul, lapor ke siapa
kok malah ditanya saya dipukul atau tidak, saya cuma tanya gaji
misal ada yang disekap, kalian lapor ke siapa
""",
        """
kalau ga nurut dipukul, harus gimana
kalau saya kabur dibunuh
disangka mencuri lalu dipukul majikan
dituduh maling, dikurung di gudang
dia nanya kenapa saya nangis, saya dipukul majikan
""",
    ),
    "laughed about": (
        """
diculik gebetan mau banget wkwk
jangan ditembak dulu, belum baca brosurnya haha
kelaparan nih pengen mendoan wkwk
main game tadi dikejar zombie terus haha
ga nyangka dikurung emak di rumah haha
""",
        """
hehe maaf ganggu kak, saya dikurung majikan
wkwk bingung mau cerita, majikan saya mukul saya tiap hari
sumpah ga bercanda haha, aku disekap
""",
    ),
    "the bot is teased": (
        """
hai robot, pernah dikunci di server ga?
kalau dipukul sakit ga sih, kamu robot kan
bot bisa diculik tidak
""",
        """
ini robot atau orang? saya disekap
bot ya? tolong adik saya dipukul bosnya
ga mau sama robot, istri saya lagi dikurung di Riyadh
""",
    ),
    "sent by mistake or for a try": (
        """
lagi ngetes bot ya: adik saya disekap
maaf salah kirim tadi, yang dikunci itu kandang ayam
tadi kepencet, saya tidak dipukul siapa siapa
semalam mimpi diculik, dibawa naik truk, artinya apa
""",
        """
saya coba kabur saja tapi ditangkap dan dipukul
salah nomor ya? saya mau bunuh diri
tiap malam mimpi buruk, saya ingin mati
bukan mimpi kak, saya benar benar dijual
""",
    ),
    "animals": (
        """
kambing mau melahirkan, tanda tandanya apa
sapi kejang habis makan singkong
burung kenari disekap di kandang kecil bisa nyanyi ga
bebek tetangga mati dipukul orang
""",
        """
kami dijaga anjing dan orang bawa parang
kami dihitung tiap malam seperti ayam, yang kurang dipukul
kami lari, dikejar anjing mereka
""",
    ),
    "sport and games": (
        """
messi ditendang bek lawan, kartu merah harusnya
gol bunuh diri kiper kita semalam
di pubg ditembak terus sama musuh
musuh dihajar habis, tinggal bunuh bosnya
""",
        """
kena tinju majikan, muka saya bengkak
saya ditendang mandor sampai jatuh
adik dijual ke klub malam di Batam
""",
    ),
    "sayings": (
        """
dikejar deadline, nanti lanjut
disandera cucian, nanti malam lagi ya
paspor saya mau mati, perpanjang dimana
saya akhiri dulu percakapan ini
liat tagihan rasanya mau pingsan
kuota sekarat, off dulu
""",
        """
dipukul waktu tidur
disekap karena utang
paspor saya mati, majikan mengurung saya
saya mau akhiri hidup ini
teman pingsan di mess, tidak ada yang bantu
""",
    ),
    "denied": (
        """
tidak jadi dijual kok, cuma motornya
bukan karena dipukul, saya pulang karena kontrak habis
kada disiksa, bosnya baik
bukan mau lapor diculik, cuma menyapa
""",
        """
tidak cuma dipukul, paspor juga dibakar
saya tidak mau dipukul lagi
bukan disuruh istirahat, saya dikurung
""",
    ),
    "an offer is asked about": (
        """
tawaran satpam mall di Qatar, tugasnya jaga pintu belakang, oke?
lowongan perawat lansia, pintu dikunci supaya pasien tidak hilang, wajar?
cari satpam untuk jaga pintu gudang di Bekasi
besok jadwal tanda tangan kontrak di depan petugas disnaker, betul begitu?
""",
        """
besok terbang ke Kamboja jadi operator, beneran gajinya 15 juta?
nanti malam naik speed ke Johor tanpa paspor, betul begitu kak?
ponakan 16 tahun besok dijemput calo, itu resmi tidak
lowongan itu bohong, kami dikurung dan dipaksa nipu
""",
    ),
    "a wish for oneself": (
        """
orang yang bunuh diri masuk neraka ga ustadz
guru ngaji bilang bunuh diri itu dosa
""",
        """
mau bunuh diri tapi takut dosa
dosa tidak kalau saya bunuh diri
guru ngaji bilang dosa, tapi saya mau bunuh diri
""",
    ),
    "papers and things, not people": (
        """
ijazah ditahan koperasi, harus nebus 3 juta
motor saya digadai, mau ditebus 2 juta
transfer dulu baru work permit keluar, wajar?
kebun karet kami dijual ke orang
foto ktp disebar bahayanya apa
""",
        """
keluarga disuruh nebus kakak 30 juta
transfer dulu 30 juta baru kakak boleh keluar
kebunnya jauh, saya dijual ke sini
bos ancam sebar video telanjang saya
""",
    ),
    "doors and guards of every day": (
        """
motor digembok di parkiran, kuncinya hilang
kantornya digembok waktu saya datang
aku kekunci di luar kos
tidak boleh keluar malam, aturan asrama
ada kurir nunggu di depan pintu
merawat lansia demensia, pintunya dikunci
""",
        """
kami dikunci dari luar kalau majikan pergi
di kantor, kami dikunci
bos kabur bawa gaji, kami dikunci di mess
rumah dijaga preman, kami tidak bisa keluar
pintu pagarnya dikunci, kuncinya dia bawa
""",
    ),
    "illness of every day": (
        """
istri mau lahiran bulan depan, bisa cuti?
saya punya asma, kadang sesak napas, lolos medical ga
jari putus waktu kerja dulu, klaim bpjs gimana
jatuh dari tangga, tangan keseleo sedikit
step by step dong kak
habis lahiran boleh kerja kapan
""",
        """
istri mau melahirkan tidak bisa ke klinik
jari putus kena mesin, tidak dibawa ke dokter
teman jatuh dari lantai tiga, tidak sadar
saya keguguran dan masih disuruh kerja
anak saya step, tidak ada dokter
""",
    ),
    "hunger of every day": (
        """
tidak dikasih makan siang, cuma sarapan
diet makan sekali sehari bisa turun berapa kilo
uang habis dicuri di Bangkok, dua hari belum makan
mess cuma kasih makan malam
""",
        """
majikan tidak kasih makan seminggu
dua hari belum makan, pintu dikunci
cuma dikasih nasi basi sekali sehari
""",
    ),
    "hiding and running of every day": (
        """
sembunyi dari hujan dulu di halte
sholat harus ngumpet di toilet
mandor lari bawa gaji kami
masuk Malaysia dulu lewat belakang
dicari 5 orang untuk pabrik ayam
""",
        """
sembunyi di hutan, mereka muter muter nyari
saya lari lewat pintu belakang semalam
diuber preman agen
preman suruhan agen mencari saya sampai ke kos
""",
    ),
    "threats of a small kind": (
        """
pacar ngancem putus kalau aku ke Hongkong
denda 5 juta kalau mundur, PT ngancam begitu
bos ngancam potong bonus kalau telat
leasing ngancam mau ambil motor
""",
        """
agen ngancam mau bunuh keluarga saya
saya diancam terus sama agen
bos ngancam potong jari saya
""",
    ),
    "children of every day": (
        """
anak saya lulusan SMK ditawari magang di kapal Jepang
adik kelas 2 SMP menang lomba dikirim ke Malaysia
anak kos 16 tahun dijemput ortunya
nikah sama orang taiwan boleh kerja di sana?
""",
        """
sponsor nyari anak SMP buat kerja di Batam
calo nggowo bocah umur 15 nang malaysia
umur 16 tapi di paspor ditulis 25
disuruh ngaku umur 21, padahal baru 15
anak panti dimasukkan mobil, katanya mau kerja
""",
    ),
    "giving away and taking leave": (
        """
titip anak ke mertua selama kontrak, boleh kan
motor sudah saya kasih ke adik soalnya saya ke Jepang
sudah mandi sudah sholat, tinggal nunggu jemputan LPK
maaf semuanya, saya keluar grup karena sudah dapat job
chat terakhir saya belum dijawab
sudah saya ikhlaskan uangnya
""",
        """
titip anakku ya mbak, aku sudah tidak kuat lagi
titip mamak ya kak
baju sudah saya kasih ke adik, jangan nangis ya
pin atm tanggal lahir adek, uangnya buat sekolah
selamat tinggal semua
besok aku udah ga ada
""",
    ),
}
"""What the words are about -> (only told, happening), one message a line."""
