"""Messages for the danger rules, written for these tests in the voices that the hotline hears."""

from __future__ import annotations

EMERGENCIES: dict[str, str] = {
    "held": """
tolong saya dikunci di kamar, paspor diambil
pintune dikunci terus
sy dikurung sdh seminggu di ruko
kami disekap di lantai delapan, ada belasan orang
adek saya disekap bos nya di bavet
gak boleh keluar sama sekali dari apartemen, makanan dianterin
aku ora oleh metu omah blas mbak
abdi dikonci di kamar luhur, teu meunang kaluar
majikan ngunci aku dari luar tiap dia kerja
dong kunci beta di kamar belakang, sonde bisa kaluar
sa tra bisa keluar dari mess, dong pegang kunci
kuncinya dibawa bos, kami ga bisa kabur
saya di kurung dalam stor, tak bagi keluar
engkok ekonci e kamar
ambo dikuruang di ateh loteng
ulun dikurung di gudang lawan buhan penjaga
lon geukurong lam rumoh
pintu rumah di gembok dr luar, jendela ada jeruji
suami saya disandera di kapal
anak saya diculik orang yang ngajak kerja
kakak sy terkurung di gedung tinggi itu, gbs pulang
dilarang keluar kamar kalau belum dapat nasabah
jendelanya dipasangi jeruji, kami tidur dempet2an
ditahan di penampungan, tidak dilepas kalau belum lunas
pintunya cuma bisa dibuka dari luar, dari dalam ga bisa dibuka
saya ganjal lemari ke pintu supaya dia tidak masuk
dskap d hotel, tlg
sy d dlm asrama gabs klr, hpku diambl agen, pinjem hp tmn
gblh klr dr ruko kt bos, hp dibw dia
di mess ga bisa kmn2, hp kami dipegang bos
hp dibawa agen, kami ga boleh keluar asrama
di kompleks tdk boleh kemana mana, hp diambil majikan
they locked me inside the room, help
kuncinya dipegang bos, pintu cuma dibuka kalau makan
pagarnya dialiri listrik, kami tidak bisa keluar
saya jadi jaminan utang kakak, tidak boleh pulang sampai lunas
keluar dari sini bayar 90 juta
kaki adik diborgol ke ranjang
jangan bersuara, mereka di tangga
""",
    "guarded": """
di bawah ada penjaga bawa senapan
pintu dijaga dua orang, kami diawasi terus
satpamnya pegang setruman mondar mandir
gerbang dijogo wong nggowo pentungan
ada bapak bapak nunggu di depan kamar dari kemarin
kalau vcall ada laki laki di belakangnya megang tongkat
penjaganya ganti tiap enam jam, semua bawa senjata
kami dikawal kalau ke wc
dong jaga di muka pintu siang malam
mandornya punya celurit, kita takut lari
jangan telepon, yang jaga masih di pintu
disini ada yang jaga, pelan pelan ya
ada bedil di meja mandor
""",
    "beaten": """
saya dipukuli tiap malam
sy di pukul majikan pake sapu
adik saya disetrum karena ga closing
aku digebuki karo bose
anaking digebugan ku dununganana
beta dapat pukul dari tuan
de pukul sa sampai jatuh
nyonya nyiram saya pake air panas
muka saya lebam, mata kanan ga bisa melek
ditampar ditendang gara2 telat bangun
majikan suka main tangan ke saya
epokol bi' majikan sabban are
kakak ipar disiksa di malaysia, fotonya dikirim ke kami
rambut dijambak terus diseret ke dapur
kawan saya babak belur dihajar mandor kapal
waktu video call bibirnya pecah, dia bilang jatuh
kena rotan sama tauke
dpukulin trs sama supervisor
she hit me every day
istri sy kena tampar tuan rumah
disundut rokok sama anak majikan
saya dihukum lari keliling lapangan 200 kali krn target
kapten bawa kayu mukulin kami yang sakit
mbakku digepuk majikane nganggo sapu
disuruh jongkok 300 kali karena kurang target
berdiri di lapangan sampai subuh kalau tidak dapat orang
jari teman kami mau dipotong
raine abuh kabeh waktu video call
""",
    "death_threat": """
katanya mau dibunuh kalau ga nurut
aku arep dipateni mbak
bade dipaehan saurna upami kabur
diancam bakal dibuang ke laut
mereka ancam bunuh keluarga saya di kampung
kalau lapor nanti anak ibu yang celaka, begitu katanya
bos bilang ginjal saya mau dijual
teman kami dilempar ke laut, kami takut giliran berikutnya
kepala saya ditodong pistol
kalo kabur ditembak
nyawa adik saya terancam pak
pisau di leher saya tadi, majikan marah
transfer 40 juta atau ginjalnya
mereka buang orang ke laut tadi malam
""",
    "threatened": """
saya diancam terus sama agen
keluarga diteror preman suruhan sponsor
aku diancem nek ora gelem balik
""",
    "ransom": """
mereka minta tebusan 80 juta
disuruh kirim 50 juta biar adik dibebasin
bayar dulu 7000 usd baru boleh pulang
kalau gak transfer malam ini anak saya dijual
dikon mbayar 60 yuta supaya iso mulih
keluarga diminta nebus saya 120jt
nek ora mbayar jarine dipotong jarene
mama disuruh bayar supaya kakak dilepas
kena bayar RM20000 baru boleh balik, orang tu cakap
utang kami dibeli bos lain, besok diambil
siapa mau keluar bayar 20 ribu ringgit
minta 60 juta sebelum hari jumat
""",
    "sexual_violence": """
saya diperkosa tuan
majikan laki pegang pegang badan saya
dipaksa melayani tamu tiap malam
tuan masuk kamar tiap malam kalau nyonya pergi
aku dipeksa ngladeni wong lanang
anak saya dijadikan psk di sana
bos minta foto telanjang kalau mau gaji
dia raba raba saya waktu masak
agen ngajak tidur kalau mau cepat terbang
om itu suka masuk waktu saya mandi
pintu kamar tidak ada kuncinya, malam malam ada yang masuk
mereka punya video saya dan mau disebarkan
saya disuruh naik ke kamar bos malam ini
dikasih obat tidur, bangun bangun badan sakit semua dan tidak ingat semalam
dirogol majikan
baba meraba saya waktu menyapu
tamu 8 semalam, mami suruh minum pil
anak majikan mencium saya di dapur
""",
    "sold_or_moved": """
jam 3 pagi nanti dibawa naik kapal katanya
besok kami mau dijual ke company lain
aku didol agen nang bos liyane
malam ini mau dipindah ke tempat lain, ga tau ke mana
abdi rek dijual cenah ka perusahaan sejen
teman sekamar dijual ke karaoke, katanya lusa giliran saya
dong su jual katong ke kapal lain
nanti subuh disuruh pindah lewat sungai ke myawaddy
saya dibeli bos baru 9000 dolar
kami diangkut truk tengah malam, hp dikumpul
dibawa pakai mobil box tidak tahu mau ke mana
engkok ejuwel ka oreng laen, mau dijual lagi
kawan kami kemarin dibawa paksa, sampai sekarang tidak kembali
kalau tidak dapat target katanya dijual ke blok sebelah
naik perahu malam malam, tidak boleh nyalakan senter
aing dijual euy
sudah dijual tiga kali, ini tempat ketiga
dioper ke sepupunya
bos baru sudah bayar ke bos lama
kami dilelang pak, di kamar banyak perempuan
""",
    "child_at_risk": """
pak guru itu mau ngirim anak smp umur 13 ke johor jadi pembantu
ponakan umur 15 diajak kerja ke malaysia sama tetangga
anak saya masih smp dijemput sponsor katanya kerja di kafe
adik kelas 2 smk mau diberangkatkan ke taiwan, umurnya dituakan di ktp
umurku 16, besok dijemput calo
anak di bawah umur dibawa orang naik bus ke batam buat kerja
bocah 14 taun dijak kerjo nang karaoke
keponakan beta 13 thn dorang bawa ke malaysia
adik perempuan 17 tahun mau dinikahkan sama orang china
sponsor nggolek bocah SMP
bocah 14 taun diangkut mobil
disuruh ngaku umur 22
saya 16, di paspor ditulis 24
anak panti dinaikkan mobil, katanya kerja di pulau
""",
    "self_harm": """
saya mau bunuh diri
aku pengen mati ae
rasane pengin mati wae mbak
abdi hoyong paeh wae
capek hidup, tidak kuat lagi
saya sudah siapkan tali
pilnya sudah saya kumpulin tiga puluh, nanti malam saya minum semua
lebih baik saya mati daripada pulang bawa malu
saya berdiri di balkon lantai 20, mau lompat aja
titip ibu ya, kalau saya sudah tiada
jagain anak anak saya, besok saya sudah tidak ada
tidak ada gunanya hidup lagi
mau nyusul almarhum bapak aja ke sana
pengen tidur terus ga usah bangun lagi
ini pesan terakhir saya buat keluarga
anak saya bilang mau gantung diri
adik nyoba minum baygon semalam
pisau sudah di tangan saya
i want to die
sy ingin mengakhiri hidup
dunia lebih baik tanpa saya
besok kalian tidak akan lihat saya lagi
kalau saya tidak ada, utang bapak pasti lunas
kak sy cape bgt, udh ga kuat lg, pengen selesai aja
udah ga sanggup. rasanya pengen ngilang aja
aku nyerah, wis ora kuat maneh
lelah sama semuanya, pengen udahan
saya capek banget, pengen udahan aja hidup ini
udah ga tahan lagi... mau nyerah aja mbak
mau bunuh diri tp takut dosa
dak nak idup lagi
capek hidop
ngapain lagi gue idup
selamat tinggal dunia
besok jangan bangunkan saya
ora usah nggoleki aku maneh
titip anakku ya mbak, aku sudah tidak kuat
racunnya udah di gelas
talinya sudah siap
obat tidurnya sudah saya kumpulin
ingin hilang dari dunia
pin atm nya tanggal lahir adek, uangnya di bawah kasur, jangan nangis ya
saya duduk di tepi jembatan
""",
    "forced_scam": """
disuruh nipu orang lewat aplikasi jodoh
ternyata di sini kerjanya scam, kami ga boleh pulang
aku dipeksa dadi scammer
dipaksa rayu laki laki bule biar transfer
saya kerja scam di kamboja, tolong mau pulang
ga dapat target nanti dimasukkan ruang gelap
suami saya dipaksa jadi operator judol di myanmar
dadi scammer kepekso
terpaksa nipu orang lewat telegram
""",
    "escaped_hiding": """
saya kabur dari majikan tadi malam, sekarang di masjid
sembunyi di kebun sawit, hp tinggal 5 persen
aku ndelik nang omah kosong, digoleki agen
abdi nyumput di imah batur, sieun kapanggih
loncat dari jendela tengah malam, ga bawa apa apa
minggat dari mess barusan, tidur di terminal
beta lari dari rumah majikan tadi subuh, sekarang di hutan
kami dikejar anak buah bos
ngetik pelan di wc, jangan ditelepon
ini pinjam hp teman diam diam, cepat tolong
kalau ketahuan saya habis
cuma bawa baju tidur, lari lewat pintu belakang
ambo basambunyi di masajik
mereka nyari saya keliling kampung
metu lewat jendelo bengi bengi ora nggowo sandal
diuber preman agen
mereka muter muter naik motor nyari kami
hapus chat ini abis dibaca
jangan balas panjang, penjaganya lagi makan
tidak bisa ngetik lama, majikan di depan
""",
    "medical_emergency": """
teman saya pingsan ga bangun bangun
istri saya mau melahirkan, majikan ga mau bawa ke rs
darahnya keluar terus tidak berhenti
kakak sekarat di mess, tidak ada yang bawa ke dokter
saya sakit panas tinggi seminggu tidak boleh berobat
sesak napas, bos bilang kerja saja
kanca kulo semaput ing pabrik
dia muntah darah dari pagi
jari saya putus kena mesin tapi disuruh kerja terus
kapal kami bocor, mesin mati di tengah laut
ketuban saya sudah pecah
tidak sadarkan diri sejak kemarin di mess
sudah pecah ketuban, klinik menolak
sudah bukaan 6, belum ada bidan
dia tidak bisa dibangunkan dari isya
""",
    "starved": """
sudah tiga hari tidak dikasih makan
ora diwenehi mangan blas
makan cuma sekali sehari, itu juga nasi basi
4 hari belum makan kak
teu dibere dahar ku dunungan
beta sonde dapat makan su dua hari
kami kelaparan di kapal
minum air keran toilet saja dari kemarin
""",
    "departure_48h": """
besok berangkat pakai visa turis, disuruh bilang liburan
lusa terbang ke kamboja jadi admin
nanti malam dijemput tekong, lewat jalur tikus
sesuk mangkat nang myanmar, kontrak durung ono
malam ini naik speed dari pelabuhan kecil, jangan bilang siapa siapa katanya
saya sudah di bandara, paspor dipegang sponsor, visa wisata
2 hari lagi berangkat ke saudi jadi pembantu lewat perorangan
isukan indit ka kamboja, visana visa kunjungan
jam 4 subuh besok nyebrang pakai boat ke johor tanpa paspor
hari ini berangkat ke laos katanya kerja cs, tiket baru dikasih di bandara
sdh di pesawat, transit bangkok, trs katanya lanjut ke vientiane, deg2an takut
lagi di bandara juanda, kerjanya judol di thailand
lg nunggu boarding di kualanamu tujuan kamboja, ragu kak
di bandara ini, perasaan ga enak, ga mau jadi berangkat
transit di kuala lumpur, ternyata dipaksa lanjut naik
udh di bandara soetta, disuruh ngaku mau liburan
malam ini Poipet, jadi?
besok pagi ke Dubai pakai visa kunjungan, kerja di rumah orang arab
besok subuh terbang ke Bangkok, disuruh hapal nama hotel
nanti malam kumpul di belakang pasar, hp dimatikan
sudah boarding, disuruh hapus chat
jemputan sudah di depan, hp diminta sopir
""",
    "asks_for_help_now": """
tolong jemput saya dari sini sekarang
selamatkan saya
sos
tolong keluarkan anak saya dari tempat itu cepat
tulung slametno aku
tolong panggil polisi sekarang
kami dalam bahaya
tolong tolong tolong
help me please
""",
}
"""Signal -> messages, one a line, that must be an emergency with this signal among others."""

OBLIQUE = """
mereka rampas hp, ini saya pakai komputer kantor waktu bos rapat
kami berdelapan satu kamar, pintu besi, makan dilempar dari lubang
anakku telpon cuma nangis bilang mak tolong terus diputus, ada suara orang bentak
yang gak nurut dibawa ke lantai tiga, pulangnya jalan pincang
majikan lelaki duduk di ranjang saya tiap subuh
katanya harga saya 40 juta, sudah dibayar sama yang baru
jm 11 mlm ada yg jemput, disuruh diem aja jgn nanya
bojoku wis limang dina ora oleh turu, nek turu disiram banyu
adiku dipeksa teken surat utang terus ditahan neng ruko
saya lompat pagar asrama subuh tadi kaki berdarah, ini di pinggir jalan tol
abdi ditunggu ku jalmi nu mawa bedog di payuneun kamar
sa pu ade dong kasi masuk kurungan anjing
awak di hotel ni tak boleh turun, passport dengan mami, malam layan orang
aku capek, botol pestisida ini sudah kubuka
maaf ya semuanya, uangku di laci buat biaya kubur
kalau besok hp ini ga aktif, bilang ke emak aku sayang
setoran kurang, kawan dijepit jarinya
dia potong rambutku, siram kuah panas ke tangan
semalam ada yang teriak terus diem, kami takut sekarang giliran siapa
kapal udah 3 minggu ga ke darat, kaki teman busuk, kapten ga mau balik
om penyalur bilang ponakan saya (kls 3 smp) cocok buat kerja salon di malaysia, minggu dijemput
mereka suruh saya telpon ibu minta 60 juta sambil dipegangin rambut
nyonya kunci kulkas, saya makan nasi basi kucing
perutku sakit banget hamil 8 bulan, bos ngunci, ga ada dokter
td pagi ada yg jatuh dr lantai 9, kami disuruh diam
saya dimasukkan ruangan tanpa lampu dua malam
geng tu kata kalau famili tak bayar, jari saya dia hantar
kula dipun siram toya bentèr kaliyan bendara
lari dari company, sekarang di rumah warga thailand, mereka keliling nyari pake motor
teman saya mau minum obat serangga, tolong bagaimana
disuruh tidur sama tamu, kalau nolak tidak dapat makan
dong su bawa dua nona kamarin, besok giliran beta
aku diborgol di ranjang
jangan bilang mama, aku udah nyiapin semuanya buat pergi selamanya
bayiku diambil majikan, aku diusir
mbak anakku dijak wong lanang kenal facebook, umure 14, saiki hape mati, pamite arep kerjo
besok subuh tukar mobil di perbatasan, paspor disuruh umpetin di kaos kaki
sudah seminggu ga liat matahari kak, jendela dicat hitam
beta pung kaki dong rante di tampa tidor
kalo aku salah ngetik dipukul pake kabel
makan cuma mi satu bungkus buat berdua, gak boleh nambah, udah 2 minggu
suami sy di kapal cina sakit bengkak2 ga diturunin ke darat
nyonya pegang gunting panas ditempel ke lenganku
gak usah kirim pulsa lagi pak, anakmu pamit, ikhlaskan
kemarin coba kabur ketangkep, sekarang dihukum digantung tangan
tulungi lek, koncoku getih e metu akeh bar lahiran neng kamar mess
kakak minta kami jual sawah, katanya kalau nggak dia diserahkan ke orang myanmar
saya pura2 gila biar ga disuruh ngamar
tiap jam 12 malam om itu ketok pintu bawa minuman
abdi di leuweung tos dua poe, sieun katewak deui
awak kabur naik truk sayur, skrg kat masjid tak tau mana
di sini kalau sakit dianggap bohong, langsung disetrum
adik perempuan dijanjikan jadi pelayan kafe, ternyata disuruh nemenin tamu tidur
nanti malam kapal kecil dari tanjung balai, hp harus mati, bayar 5 juta ke tekong
paspor dibakar depan mata kami, yang protes dihajar
gue di lantai 12, pintu lift pake sidik jari, keluar cuma kalo ada yang antar
suruh senyum waktu video call, di meja ada pisau
aku wes nulis surat kanggo emak, sepurane
dokter bilang janinnya meninggal tapi majikan suruh tetap ngepel
mereka hitung kami tiap malam kayak ayam
saya diseret ke mobil waktu pulang pasar, ini kirim dari hp sopir
rasanya lebih gampang kalau aku nyemplung aja ke laut
""".strip().splitlines()
"""Messages without the obvious words that must be emergencies, whatever the signal is called."""

LOWER: dict[str, tuple[str, str]] = {
    "paspor ditahan majikan di taiwan": ("urgent", "passport_withheld"),
    "majikan pegang paspor saya sejak datang": ("urgent", "passport_withheld"),
    "iqamah saya disita kafil": ("urgent", "passport_withheld"),
    "paspor ga dibalikin sama bos": ("urgent", "passport_withheld"),
    "pasporku dicekel agensi nang hongkong": ("urgent", "passport_withheld"),
    "terlantar di bandara, uang habis": ("urgent", "stranded"),
    "tidur di emperan toko, ga punya uang buat makan": ("urgent", "stranded"),
    "suami ditangkap imigrasi malaysia": ("urgent", "stranded"),
    "diusir agensi, ga ada tempat tidur": ("urgent", "stranded"),
    "adik saya di kamboja sudah 5 hari ga bisa dihubungi": ("urgent", "missing_in_scam_country"),
    "hilang kontak sejak senin, terakhir di myawaddy": ("urgent", "missing_in_scam_country"),
    "nomornya mati terus, dia kerja di poipet": ("urgent", "missing_in_scam_country"),
    "minggu depan berangkat ke kamboja jadi admin": ("urgent", "departure_this_week_with_flags"),
    "senin terbang, visanya turis": ("urgent", "departure_this_week_with_flags"),
    "3 hari lagi berangkat, kontrak belum ada": ("urgent", "departure_this_week_with_flags"),
    "jenazah bapak masih di rumah sakit riyadh": ("urgent", "death_repatriation"),
    "kakak meninggal di malaysia kemarin": ("urgent", "death_repatriation"),
    "ibu sakit parah di hongkong, stroke": ("urgent", "severe_illness"),
    "suami kecelakaan kerja di korea, dirawat": ("urgent", "severe_illness"),
    "hp kami disita semua sama bos": ("urgent", "phone_taken"),
    "hp diambil majikan": ("urgent", "phone_taken"),
    "hp saya dibawa bos": ("urgent", "phone_taken"),
    "agen bawa hp kami": ("urgent", "phone_taken"),
    "gpp kok kak, sy cm d paksa nulis, ga jd lapor": ("urgent", "under_force"),
    "kami dipaksa tanda tangan kertas kosong": ("urgent", "under_force"),
    "aku dipaksa bilang baik baik saja": ("urgent", "under_force"),
    "bos maksa saya nelpon orang rumah": ("urgent", "under_force"),
    "sudah transfer 15 juta ke calo": ("concern", "money_lost"),
    "ketipu agen, uangnya dibawa kabur": ("concern", "money_lost"),
    "terlanjur bayar dp": ("concern", "money_lost"),
    "saya sudah kirim foto ktp sama kk": ("concern", "documents_sent"),
    "gaji 3 bulan belum dibayar": ("concern", "wages_unpaid"),
    "gajiku durung dibayar pt": ("concern", "wages_unpaid"),
    "hilang kontak sama kakak sudah 4 tahun": ("concern", "missing_long"),
    "sudah setahun tidak ada kabar dari anak saya": ("concern", "missing_long"),
    "ada sponsor keliling desa ngajak ibu ibu ke arab": ("concern", "recruiter_active"),
    "mau lapor calo": ("concern", "recruiter_active"),
    "chat saya dibaca majikan": ("concern", "phone_watched"),
}
"""Message -> (urgency, signal)."""

HARMLESS = """
mati lampu dari tadi di rumah
mati gaya aku di kos
bosan setengah mati nunggu jadwal
mau mati ketawa liat stikernya
laper sampe mau mati wkwk
ngantuk banget mau mati rasanya 😂
capek banget pengen mati aja haha tugasnya banyak
kerja mati matian demi keluarga
harga mati ya kak 2 juta
dijual cepat vario 2019 mulus
dijual tanah 200 meter bisa nego
motor saya mau dijual buat ongkos
hp iphone second dijual murah
sawah bapak sudah dijual tahun kemarin
kunci motor saya hilang
kunci jawaban tes jepang ada?
akun ig saya dikunci
hp kekunci lupa pola, bisa bantu? maksudnya file terkunci
apa itu TPPO
tppo itu apa kak
penyekapan itu maksudnya apa
bagaimana kalau disekap?
gimana kalau nanti saya disekap di sana
misalnya dipukul majikan, bisa lapor ke mana
seandainya dijual ke perusahaan lain, haknya apa
apa benar banyak tki disiksa
cara mencegah supaya tidak dijual calo gimana
ciri ciri orang disekap itu apa saja
hukuman orang yang menjual anak berapa tahun
kenapa orang bisa dijual ke kapal
modus penculikan sekarang seperti apa
film tentang tkw disiksa judulnya apa
nonton sinetron istri dipukulin suaminya, kesel
di drakor ceweknya diculik terus disekap
lagu yang liriknya mau mati tanpamu apa ya
chord gitar mati rasa
di game itu karakternya dibunuh terus hidup lagi
main pubg ditembak musuh mulu
novel yang tokohnya bunuh diri judulnya apa
mimpi dikejar harimau artinya apa
baca berita ada pmi disekap di kamboja, serem
tadi di tv ada tkw dipukuli majikan
viral video orang disetrum di myanmar
tersangka penyekapan divonis 8 tahun
skripsi saya tentang korban yang dijual ke luar negeri
tidak dipukul, ga diancam kok
saya tidak dikunci, bebas keluar masuk
ora digebuk, bose apik
teu disiksa, dunungan bageur
ga pernah dipukul alhamdulillah
tidak ada yang diancam atau dipukul
belum pernah diancam sih
diancam sih enggak
dipukul tidak, cuma dimarahin
bukan disekap, dia cuma sibuk
majikan tidak memukul saya
sonde ada yang pukul katong
alhamdulillah adik sudah pulang, dulu disekap
taun wingi disekap tapi wes bali slamet
kakak yang dulu dipukuli majikan sudah pulang ke lombok dengan selamat
alhamdulillah sudah pulang ke rumah, yang disekap itu
dulu pernah dipukul majikan, sudah lama
dulu sempat mau mati rasanya, sekarang sudah tenang
timnas dibantai lawan 4 gol
persib dihajar 3 0 semalam
ditembak gebetan kak 😆
dibunuh rindu aku mah
serasa disiksa ujian hari ini wkwk
harga cabe dibanting petani rugi
ayam saya mati dua
nyamuk banyak banget pengen bunuh
visa saya belum keluar
gaji belum keluar dari bank karena libur, besok cair
paspor bisa diambil kapan di imigrasi
paspor saya sudah diambil dari kantor imigrasi
halo kak
makasih banyak bantuannya
mau tanya syarat kerja ke jepang
umur 17 boleh daftar magang tidak
gaji perawat lansia di taiwan berapa
kerja di kamboja itu boleh gak sih
besok saya berangkat lewat program g to g korea, kontrak sudah ditandatangani
besok saya libur, lusa ke pasar
minggu depan interview pabrik taiwan lewat p3mi
berapa biaya resmi ke hongkong
anak saya umur 12 tahun, saya mau kerja ke taiwan boleh tidak
kapan saya dihubungi petugas
ini robot atau orang
saya mau hapus data
lari pagi di monas enak
petak umpet sama keponakan
tolong dijelaskan lagi kak
tolong kirim nomor kbri
minta tolong cek pt ini resmi apa tidak
jaga kesehatan ya kak
kerja jaga lansia 24 jam digaji berapa
tebus obat di apotek pakai bpjs bisa?
apakah gaji boleh dipotong agen
gila ujian nihongo tadi bikin mau mati rasanya haha
si bos mah suka nyiksa, disuruh lembur mulu wkwk tapi dibayar kok
tolong kunci jawaban soal eps topik dong
jual cepat tiket konser, nego
nonton youtube orang kabur dari kamboja, beneran ada ya yang begitu
kalau misal paspor diambil majikan itu melanggar hukum ga
kak kucing ku kekunci di kamar gimana nih
adik saya udah balik dari myanmar tahun lalu, sekarang jualan bakso alhamdulillah
sudah aman kok, ga ada yang ngancam lagi, makasih ya
drakor yg ceritanya ceweknya dijual bapaknya apa ya
di desa ada penyuluhan tppo, pematerinya siapa
anak umur berapa boleh kerja di luar negeri
bedanya disekap sama ditahan apa sih
saya ga disekap kok, cuma sinyal jelek di kebun
pingsan aku liat biaya nya
besok berangkat kontrol ke puskesmas
lusa wawancara job jepang, tips dong
main ml kena bantai terus, stress
mau lapor jalan rusak ke mana
rumah dijual murah di cilacap
kerja jaga toko di batam gaji berapa
pacar saya minta putus, sakit hati banget
harga tebus murah minyak goreng di mana
orang yang bunuh diri masuk neraka ga ustadz
mimpi saya dikejar ular, artinya?
apakah p3mi boleh menahan ijazah
cara daftar g to g jerman
kata orang kerja di malaysia sering dipukul, benar ga
majikan saya baik, ga pernah marah apalagi mukul
dulu kakek saya pernah ditawan jepang haha
LOKER RESMI P3MI PT Maju Jaya no izin 123: operator pabrik Taiwan, gaji NT$29.500, kontrak 3 tahun, medical & pelatihan, daftar di Disnaker
kak boleh tanya, kontrak pabrik malaysia 2 tahun bisa diperpanjang?
besok saya medical di klinik, harus puasa ga
istri saya mau kerja ke hongkong, izin suami perlu ga
kapan jadwal tes eps topik
anak saya lulus smk mau magang jepang, lewat mana yang resmi
syarat umur minimal kerja di luar negeri berapa tahun
visa turis bisa buat kerja ga sih
boleh ga agen simpan paspor kita
bagaimana cara lapor kalau ada calo di desa
apa hak saya kalau sakit di taiwan
nomor kbri phnom penh berapa ya
film horor indonesia paling serem apa, yang orangnya dikurung di sumur
sampai mati lah aku dukung psms wkwk
anjing tetangga dipukulin orang, lapor ke mana ya
guru ngaji bilang bunuh diri dosa besar
kemaren gw dihajar tugas kuliah wkwkwk
tks kak, kasus adik saya yg disekap itu sudah beres, orangnya di rumah
gak ada yang ngancem, cuma mau tanya prosedur pulang cuti
pacarku ngambek, aku harus gimana
mesin cuci mati, garansi masih ada?
jual ginjal itu legal ga sih, nanya doang
polisi nangkep sindikat jual orang di berita semalam, ngeri
bapak saya dulu tki arab tahun 90, pernah dikurung majikan katanya
game squid game itu orangnya dibunuh beneran?
tolong bantu saya isi formulir
tolong dong min cepat balesnya
saya lagi di bandara mau jemput kakak
besok ada sosialisasi di balai desa jam berapa
makan nasi padang sehari sekali bikin gendut ga
capek kerja pengen udahan jam segini
cape bgt hari ini, pengen udahan trus rebahan
ga kuat lagi sama tugas kuliah, pengen udahan
capek ldr ga kuat lagi, pengen udahan hubungannya
ga kuat lagi pedesnya pengen nyerah
pengen udahan dulu chatnya ya kak
lagi di bandara mau terbang ke taiwan, doain ya
udah di bandara ini
udah di pesawat mau pulang dari kamboja alhamdulillah
lagi di bandara mau ke jepang, saya takut naik pesawat kak
lagi transit di singapura mau ke korea, program g to g
adik sudah di bandara phnom penh mau pulang ke indonesia
lagi di bandara jemput bapak pulang dari saudi
sudah di bandara, takut ketinggalan pesawat
hp saya dibawa adik ke sekolah
bos bawa hp baru
di rumah aja ga boleh kemana mana sama mama
dipaksa temen bilang iya wkwk
saya dipaksa dosen nulis skripsi lagi
dipaksa sama ibu telepon nenek
aku dipaksa tinggal sama mertua
kakak saya kerja di bandara, takut dipecat
baru sampai di bandara taiwan, takut salah jemputan
air ga bisa klr dari keran
help me with my visa form please
no darurat polisi malaysia berapa
darurat gas melon habis dimana yang buka
foto latar biru untuk paspor ukuran berapa
sy di palu, bisa daftar di mana
nomor pengaduan saya sudah ditangani belum
step by step dong kak daftar ke jepang
saya tidak mau lanjut isi formulir
saya akhiri dulu percakapan ini
open bo? eh salah kirim
lulusan smk ditawari magang kapal di jepang, resmi?
mau pindah pertanyaan lain
mau pindah majikan lain boleh ga di hongkong
kontrak saya pakai pukul 8 sampai pukul lima sore
anak saya dijemput neneknya tiap sore
dicari penjaga toko, mess ada
""".strip().splitlines()
"""Messages that must be urgency none."""
